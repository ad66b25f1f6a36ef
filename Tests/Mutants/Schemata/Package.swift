// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds `turbulence` builds swift-syntax.
let package = Package(
  name: "schemata",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-syntax", exact: "603.0.1"),
  ],
  targets: [
    .target(
      name: "Schemata",
      dependencies: [
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftParser", package: "swift-syntax"),
        .product(name: "SwiftOperators", package: "swift-syntax"),
      ]),
    .executableTarget(
      name: "schemata-tool",
      dependencies: [
        "Schemata", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/SchemataTool"),
    .testTarget(name: "SchemataTests", dependencies: ["Schemata"]),
  ],
  swiftLanguageModes: [.v6]
)
