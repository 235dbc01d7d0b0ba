// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

/// What is built, as `--version` and the metrics tell it. Whoever builds without git, as in an image, says it.
let commit =
    Context.environment["SOURCE_COMMIT"].flatMap { $0.isEmpty ? nil : $0 }
    ?? Context.gitInformation.map { $0.currentCommit.prefix(12) + ($0.hasUncommittedChanges ? "+" : "") } ?? ""

let package = Package(
    name: "protected-identity",
    products: [
        .executable(name: "protected-identity", targets: ["protected-identity"]),
        .library(name: "KafkaClient", targets: ["KafkaClient"]),
        .library(
            name: "RedactionWorker",
            targets: ["RedactionWorker", "BatchPipeline", "ContactStore", "ProtectedIdentity", "RegistryWorker"]),
        // For Benchmarks/Micro, a package of its own.
        .library(name: "Workload", targets: ["Workload"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "CBuildInformation", cSettings: [.define("SOURCE_COMMIT", to: "\"\(commit)\"")]),
        .systemLibrary(name: "CRdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .target(name: "KafkaClient", dependencies: ["CRdkafka", logging], swiftSettings: settings),
        .target(name: "BatchPipeline", dependencies: ["KafkaClient", logging, tracing], swiftSettings: settings),
        .target(name: "ProtectedIdentity", dependencies: [crypto], swiftSettings: settings),
        .target(
            name: "ContactStore",
            dependencies: ["ProtectedIdentity", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: settings),
        .target(
            name: "RegistryWorker",
            dependencies: ["BatchPipeline", "ContactStore", "KafkaClient", "ProtectedIdentity", tracing],
            swiftSettings: settings),
        .target(
            name: "RedactionWorker", dependencies: ["ContactStore", "ProtectedIdentity", "RegistryWorker"],
            swiftSettings: settings),
        .target(
            name: "DeletionWorker",
            dependencies: ["BatchPipeline", "ContactStore", "ProtectedIdentity", "RegistryWorker"],
            swiftSettings: settings),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "NotificationWorker",
            dependencies: [
                "BatchPipeline", "CCurl", "ContactStore", "ProtectedIdentity", "RegistryWorker", crypto, logging,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            resources: [
                .embedInCode("Templates/Shipped/deletion-notice.da.html"),
                .embedInCode("Templates/Shipped/deletion-notice.da.subject"),
                .embedInCode("Templates/Shipped/deletion-notice.da.txt"),
                .embedInCode("Templates/Shipped/deletion-notice.en.html"),
                .embedInCode("Templates/Shipped/deletion-notice.en.subject"),
                .embedInCode("Templates/Shipped/deletion-notice.en.txt"),
                .embedInCode("Templates/Shipped/deletion-notice.sv.html"),
                .embedInCode("Templates/Shipped/deletion-notice.sv.subject"),
                .embedInCode("Templates/Shipped/deletion-notice.sv.txt"),
            ],
            swiftSettings: settings),
        .target(name: "CSV", swiftSettings: settings),
        .target(
            name: "SQLiteContactStore",
            dependencies: ["CSV", "ContactStore", "ProtectedIdentity", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(
            name: "PostgresContactStore", dependencies: ["CLibpq", "ContactStore", "ProtectedIdentity", crypto],
            resources: [
                .embedInCode("Migrations/0001_journal_and_persons.sql"), .embedInCode("Migrations/0002_operations.sql"),
                .embedInCode("Migrations/0003_reconciliation.sql"), .embedInCode("Migrations/0004_notices.sql"),
                .embedInCode("Migrations/0005_replays.sql"),
            ],
            swiftSettings: settings),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "RegisterFeeds", dependencies: ["CExpat", "CSV", "CZlib", "ProtectedIdentity"],
            swiftSettings: settings),
        .target(
            name: "Operations",
            dependencies: [
                "BatchPipeline", "ContactStore", "KafkaClient", "ProtectedIdentity", "RedactionWorker",
                "RegisterFeeds", "RegistryWorker", crypto, logging,
            ],
            swiftSettings: settings),
        .target(
            name: "PrometheusMetrics", dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: settings),
        .target(
            name: "AdminServer",
            dependencies: [
                "BatchPipeline", "ContactStore", "KafkaClient", "PrometheusMetrics", "ProtectedIdentity",
                "RegistryWorker",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"), logging,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("status.html")], swiftSettings: settings),
        .executableTarget(
            name: "protected-identity",
            dependencies: [
                "AdminServer", "BatchPipeline", "CBuildInformation", "ContactStore", "DeletionWorker", "KafkaClient",
                "NotificationWorker",
                "Operations", "PostgresContactStore", "PrometheusMetrics", "ProtectedIdentity", "RedactionWorker",
                "RegisterFeeds", "RegistryWorker", "SQLiteContactStore", crypto, logging, "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(
            name: "Simulation",
            dependencies: [
                "BatchPipeline", "ContactStore", "KafkaClient", "ProtectedIdentity", "RedactionWorker",
                "RegistryWorker", "SQLiteContactStore", crypto, .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .executableTarget(name: "embedded-broker", dependencies: ["KafkaClient", logging], swiftSettings: settings),
        .target(
            name: "BenchmarkSupport", dependencies: ["PostgresContactStore", "ProtectedIdentity"],
            path: "Benchmarks/BenchmarkSupport",
            swiftSettings: settings),
        .target(
            name: "Workload",
            dependencies: [
                "BatchPipeline", "ContactStore", "KafkaClient", "ProtectedIdentity", "RedactionWorker",
                "RegistryWorker", crypto,
            ],
            path: "Benchmarks/Workload", swiftSettings: settings),
        .executableTarget(
            name: "instructions", dependencies: ["Workload"], path: "Benchmarks/instructions",
            swiftSettings: settings),
        .executableTarget(
            name: "store-benchmark",
            dependencies: ["BenchmarkSupport", "ContactStore", "PostgresContactStore", "ProtectedIdentity"],
            path: "Benchmarks/store-benchmark", swiftSettings: settings),
        .executableTarget(
            name: "feed-benchmark",
            dependencies: [
                "BenchmarkSupport", "CExpat", "KafkaClient", "Operations", "ProtectedIdentity", "RegisterFeeds",
                logging,
            ],
            path: "Benchmarks/feed-benchmark", swiftSettings: settings),
        .executableTarget(
            name: "worker-benchmark",
            dependencies: [
                "BatchPipeline", "BenchmarkSupport", "ContactStore", "KafkaClient", "PostgresContactStore",
                "ProtectedIdentity", "RedactionWorker", "RegistryWorker", "SQLiteContactStore", logging,
            ],
            path: "Benchmarks/worker-benchmark", swiftSettings: settings),
        .executableTarget(
            name: "simulate",
            dependencies: ["Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings),
        .target(
            name: "ContactStoreConformance", dependencies: ["ContactStore", "ProtectedIdentity"],
            swiftSettings: settings),
        .testTarget(name: "KafkaClientTests", dependencies: ["KafkaClient", logging], swiftSettings: settings),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: [
                "PrometheusMetrics", "TestServers", .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "AdminServerTests",
            dependencies: [
                "AdminServer", "BatchPipeline", "KafkaClient", "PrometheusMetrics", "ProtectedIdentity",
                "RegistryWorker",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ProtectedIdentityTests",
            dependencies: ["ContactStore", "ProtectedIdentity", "Simulation", crypto],
            swiftSettings: settings),
        .testTarget(
            name: "BatchPipelineTests", dependencies: ["BatchPipeline", "KafkaClient", logging], swiftSettings: settings
        ),
        .testTarget(
            name: "RedactionWorkerTests",
            dependencies: [
                "BatchPipeline", "ContactStore", "KafkaClient", "ProtectedIdentity", "RedactionWorker",
                "RegistryWorker", "Simulation", crypto, tracing,
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "DeletionWorkerTests",
            dependencies: [
                "BatchPipeline", "ContactStore", "DeletionWorker", "KafkaClient", "ProtectedIdentity",
                "RedactionWorker",
                "RegistryWorker", "Simulation",
            ],
            swiftSettings: settings),
        .target(name: "TestServers", path: "Tests/TestServers", swiftSettings: settings),
        .testTarget(
            name: "NotificationWorkerTests",
            dependencies: [
                "BatchPipeline", "ContactStore", "KafkaClient", "NotificationWorker", "ProtectedIdentity",
                "RegistryWorker", "Simulation", "TestServers", crypto, logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "BatchPipeline", "ContactStore", "ContactStoreConformance", "KafkaClient", "Operations",
                "ProtectedIdentity", "RedactionWorker", "RegisterFeeds", "RegistryWorker",
                "Simulation",
                "SQLiteContactStore", crypto, logging,
            ],
            swiftSettings: settings),
        .testTarget(name: "CSVTests", dependencies: ["CSV"], swiftSettings: settings),
        .testTarget(
            name: "RegisterFeedsTests",
            dependencies: ["ContactStoreConformance", "ProtectedIdentity", "RegisterFeeds"],
            exclude: ["Golden", "Packed"], swiftSettings: settings),
        .testTarget(
            name: "SQLiteContactStoreTests",
            dependencies: [
                "ContactStore", "ContactStoreConformance", "ProtectedIdentity", "SQLiteContactStore",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PostgresContactStoreTests",
            dependencies: [
                "ContactStore", "ContactStoreConformance", "PostgresContactStore", "ProtectedIdentity",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "protected-identityTests",
            dependencies: [
                "protected-identity", "BatchPipeline", "ContactStore", "KafkaClient", "Operations", "ProtectedIdentity",
                "PostgresContactStore", "RedactionWorker", "RegisterFeeds", "RegistryWorker", "SQLiteContactStore",
                crypto, logging, .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "protected-identity", "embedded-broker", "ContactStore", "ContactStoreConformance", "KafkaClient",
                "ProtectedIdentity", "SQLiteContactStore", "TestServers", logging,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "BatchPipeline", "ContactStore", "ContactStoreConformance", "KafkaClient", "ProtectedIdentity",
                "RedactionWorker", "RegistryWorker", "Simulation",
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
