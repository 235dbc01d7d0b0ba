// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that building the worker needs nothing of the framework that measures it.
let package = Package(
    name: "micro-benchmarks",
    dependencies: [
        .package(name: "protected-identity", path: "../.."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Micro",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Workload", package: "protected-identity"),
            ],
            path: "Benchmarks/Micro",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ],
    swiftLanguageModes: [.v6]
)
