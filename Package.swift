// swift-tools-version: 6.2
import PackageDescription

extension Target.Dependency {
  static let argumentParser: Self = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
  static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
  static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
  static let heap: Self = .product(name: "HeapModule", package: "swift-collections")
  static let deque: Self = .product(name: "DequeModule", package: "swift-collections")
  static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
  static let orderedCollections: Self = .product(
    name: "OrderedCollections", package: "swift-collections")
  static let yams: Self = .product(name: "Yams", package: "Yams")
}

let package = Package(
  name: "turbulence",
  products: [
    .library(name: "Simulation", targets: ["Simulation"]),
    .library(name: "HTTPService", targets: ["HTTPService"]),
    .library(name: "BookingOrchestrator", targets: ["BookingOrchestrator"]),
    .library(name: "FakeServices", targets: ["FakeServices"]),
    .executable(name: "turbulence", targets: ["turbulence"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // GSL is GPL-3.0-or-later: whatever links CGSL is, as a binary, under the GPL.
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .target(name: "HTTPService", dependencies: [.httpTypes]),
    .target(
      name: "BookingOrchestrator",
      dependencies: ["HTTPService", .httpTypes, .grdb, .crypto, .deque, .orderedCollections]),
    .target(
      name: "Simulation",
      dependencies: ["CGSL", "HTTPService", .httpTypes, .heap, .deque, .orderedCollections],
      exclude: ["README.md"]),
    .target(
      name: "FakeServices",
      dependencies: ["HTTPService", .httpTypes, .crypto, .deque, .orderedCollections]),
    .target(
      name: "TurbulenceKit",
      dependencies: [
        "HTTPService", "BookingOrchestrator", "Simulation", "FakeServices", .httpTypes, .grdb,
        .argumentParser, .yams, .crypto, .heap, .deque, .orderedCollections,
      ],
      resources: [.embedInCode("Resources/scenario.schema.json")]),
    .executableTarget(name: "turbulence", dependencies: ["TurbulenceKit", .argumentParser]),
    .testTarget(
      name: "BookingOrchestratorTests",
      dependencies: ["BookingOrchestrator", "HTTPService", .httpTypes, .grdb, .crypto]),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "HTTPService", .httpTypes]),
    .testTarget(
      name: "FakeServicesTests",
      dependencies: ["FakeServices", "HTTPService", .httpTypes, .crypto]),
    .testTarget(
      name: "TurbulenceKitTests",
      dependencies: [
        "TurbulenceKit", "BookingOrchestrator", "FakeServices", "Simulation", "HTTPService",
        .httpTypes, .grdb, .yams,
      ],
      exclude: ["Snapshots"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where [.regular, .executable, .test].contains(target.type) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
    .enableUpcomingFeature("ImmutableWeakCaptures"),  // SE-0481
    .treatAllWarnings(as: .error),  // SE-0480
  ]
}
