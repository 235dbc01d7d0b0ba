// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that building the worker needs nothing of what measures it.
let package = Package(
    name: "micro-benchmarks",
    dependencies: [
        .package(name: "protected-identity", path: "../.."),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .target(
            name: "Workload",
            dependencies: [
                .product(name: "KafkaClient", package: "protected-identity"),
                .product(name: "RedactionWorker", package: "protected-identity"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(name: "instructions", dependencies: ["Workload"]),
        .executableTarget(
            name: "Micro",
            dependencies: ["Workload", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Micro",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
