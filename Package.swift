// swift-tools-version: 6.2
import PackageDescription

extension Target.Dependency {
  static let argumentParser: Self = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
  static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
  static let configuration: Self = .product(
    name: "Configuration", package: "swift-configuration")
  static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
  static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
  static let heap: Self = .product(name: "HeapModule", package: "swift-collections")
  static let deque: Self = .product(name: "DequeModule", package: "swift-collections")
  static let hummingbirdCore: Self = .product(name: "HummingbirdCore", package: "hummingbird")
  static let logging: Self = .product(name: "Logging", package: "swift-log")
  static let metrics: Self = .product(name: "Metrics", package: "swift-metrics")
  static let coreMetrics: Self = .product(name: "CoreMetrics", package: "swift-metrics")
  static let mustache: Self = .product(name: "Mustache", package: "swift-mustache")
  static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
  static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
  static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
  static let serviceLifecycle: Self = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
  static let unixSignals: Self = .product(
    name: "UnixSignals", package: "swift-service-lifecycle")
  static let tracing: Self = .product(name: "Tracing", package: "swift-distributed-tracing")
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
    .library(name: "FakeVendors", targets: ["FakeVendors"]),
    .executable(name: "turbulence", targets: ["turbulence"]),
    .executable(name: "booking-server", targets: ["booking-server"]),
    .executable(name: "fake-vendors", targets: ["fake-vendors"]),
    .executable(name: "booking-demo", targets: ["booking-demo"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0",
      traits: ["JSON", "CommandLineArguments"]),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // GSL is GPL-3.0-or-later: whatever links CGSL is, as a binary, under the GPL.
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .target(name: "HTTPService", dependencies: [.httpTypes]),
    // Bytes in, bytes out: JSON, forms, dates, hashes. Knows no vendor and no booking.
    .target(name: "Wire", exclude: ["README.md"]),
    .target(
      name: "BookingOrchestrator",
      dependencies: [
        "HTTPService", "Wire", .httpTypes, .grdb, .crypto, .deque, .orderedCollections,
      ]),
    .target(
      name: "Simulation",
      dependencies: ["CGSL", "HTTPService", .httpTypes, .heap, .deque, .orderedCollections],
      exclude: ["README.md"]),
    .target(
      name: "FakeVendors",
      dependencies: ["HTTPService", "Wire", .httpTypes, .crypto, .deque, .orderedCollections],
      exclude: ["README.md"]),
    // The scenario language and what it does to fakes, for worlds and for sockets.
    .target(
      name: "Scenarios",
      dependencies: ["FakeVendors", "HTTPService", "Simulation", "Wire", .httpTypes, .yams]),
    // The judge: what must hold. It never sees the orchestrator's code, only its database and its calls.
    .target(
      name: "Audit",
      dependencies: [
        "FakeVendors", "HTTPService", "Scenarios", "Wire", .httpTypes, .grdb, .crypto,
      ], exclude: ["README.md"]),
    // One scenario under one seed: the orchestrator, the fakes and the clients in simulated time.
    .target(
      name: "Worlds",
      dependencies: [
        "Audit", "BookingOrchestrator", "FakeVendors", "HTTPService", "Scenarios", "Simulation",
        "Wire", .httpTypes, .grdb, .crypto,
      ]),
    .target(
      name: "TurbulenceCLI",
      dependencies: [
        "Audit", "FakeVendors", "Scenarios", "Simulation", "Wire", "Worlds", .argumentParser, .grdb,
        .orderedCollections,
      ],
      resources: [.embedInCode("Resources/scenario.schema.json")]),
    .executableTarget(
      name: "turbulence", dependencies: ["TurbulenceCLI", .argumentParser],
      path: "Sources/Executables/turbulence"),
    // From here on real sockets: whatever depends on HTTPSockets builds NIO.
    .target(
      name: "HTTPSockets",
      dependencies: [
        "HTTPService", .httpTypes, .hummingbirdCore, .asyncHTTPClient, .nioCore,
        .nioHTTP1, .nioPosix, .logging, .serviceLifecycle,
      ]),
    // Pango and Cairo are under the LGPL and linked dynamically.
    .systemLibrary(
      name: "CPangoCairo", pkgConfig: "cairo", providers: [.apt(["libpango1.0-dev"])]),
    // Itineraries as PDF. For the server only: no world draws.
    .target(name: "ItineraryPDF", dependencies: ["BookingOrchestrator", "CPangoCairo"]),
    .target(
      name: "BookingServer",
      dependencies: [
        "BookingOrchestrator", "HTTPService", "HTTPSockets", "ItineraryPDF", "Wire", .httpTypes,
        .grdb, .crypto,
        .logging, .metrics, .coreMetrics, .tracing, .configuration, .serviceLifecycle,
        .unixSignals, .mustache, .argumentParser,
      ], exclude: ["README.md"],
      resources: [.embedInCode("Documentation/openapi.json")]),
    .executableTarget(
      name: "booking-server", dependencies: ["BookingServer", .argumentParser],
      path: "Sources/Executables/booking-server"),
    .target(
      name: "FakeVendorServer",
      dependencies: [
        "FakeVendors", "Scenarios", "Simulation", "HTTPService", "HTTPSockets", "Wire", .httpTypes,
        .logging, .serviceLifecycle, .unixSignals, .argumentParser,
      ],
      exclude: ["README.md"]),
    .executableTarget(
      name: "fake-vendors", dependencies: ["FakeVendorServer"],
      path: "Sources/Executables/fake-vendors"),
    .executableTarget(
      name: "booking-demo",
      dependencies: [
        "BookingServer", "BookingOrchestrator", "FakeVendors", "FakeVendorServer", "HTTPService",
        "HTTPSockets", .httpTypes, .logging, .serviceLifecycle, .unixSignals, .argumentParser,
      ],
      path: "Sources/Executables/booking-demo"),
    .testTarget(name: "WireTests", dependencies: ["Wire"], exclude: ["Recorded"]),
    // What tests of several targets share.
    .target(name: "TestSupport", dependencies: [], path: "Tests/TestSupport"),
    // Our client of Stripe against a fake of Stripe that others made.
    .testTarget(
      name: "StripeClientConformanceTests",
      dependencies: ["BookingOrchestrator", "HTTPService", "HTTPSockets", .httpTypes, .logging],
      path: "Tests/Conformance/StripeClient"),
    .testTarget(
      name: "HTTPSocketsTests", dependencies: ["HTTPSockets", "HTTPService", .httpTypes, .logging]),
    .testTarget(
      name: "FakeVendorServerTests",
      dependencies: [
        "FakeVendors", "FakeVendorServer", "fake-vendors", "HTTPService", "HTTPSockets", .httpTypes,
        .logging,
      ]),
    .testTarget(
      name: "ItineraryPDFTests", dependencies: ["BookingOrchestrator", "ItineraryPDF"]),
    .testTarget(
      name: "BookingServerTests",
      dependencies: [
        "BookingServer", "BookingOrchestrator", "FakeVendors", "HTTPService", "HTTPSockets",
        "TestSupport", "Wire", .httpTypes, .grdb, .crypto, .logging, .metrics, .coreMetrics,
        .serviceLifecycle, .argumentParser, .nioCore, .nioPosix,
      ]),
    // The same scenario as a simulated world and on sockets.
    .testTarget(
      name: "SimulationFidelityTests",
      dependencies: [
        "Audit", "Worlds", "Scenarios", "Simulation", "FakeVendors", "FakeVendorServer",
        "BookingServer", "BookingOrchestrator", "HTTPService", "HTTPSockets", "Wire", .httpTypes,
        .grdb, .logging,
      ]),
    .testTarget(
      name: "BookingOrchestratorTests",
      dependencies: ["BookingOrchestrator", "HTTPService", "Wire", .httpTypes, .grdb, .crypto]),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "HTTPService", .httpTypes]),
    .testTarget(
      name: "FakeVendorsTests",
      dependencies: ["FakeVendors", "HTTPService", "Wire", .httpTypes, .crypto]),
    .testTarget(
      name: "AuditTests",
      dependencies: [
        "Audit", "BookingOrchestrator", "FakeVendors", "HTTPService", "Scenarios", "Simulation",
        "TestSupport", "Wire", "Worlds", .httpTypes, .grdb,
      ]),
    .testTarget(
      name: "ScenariosTests",
      dependencies: ["FakeVendors", "Scenarios", "Simulation", "TestSupport", .yams]),
    .testTarget(
      name: "WorldsTests",
      dependencies: [
        "Audit", "BookingOrchestrator", "FakeVendors", "HTTPService", "Scenarios", "Simulation",
        "Worlds", .httpTypes, .grdb,
      ]),
    .testTarget(
      name: "TurbulenceCLITests",
      dependencies: [
        "Audit", "FakeVendors", "Scenarios", "Simulation", "TestSupport", "TurbulenceCLI", "Worlds",
        .argumentParser,
      ],
      exclude: ["Snapshots"]),
    // Rules that the whole repository keeps.
    .testTarget(name: "RepositoryTests", dependencies: ["TestSupport"]),
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
