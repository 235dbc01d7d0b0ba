import Benchmark
import Workload

// Malloc counts are not asked for: without the package's interposers they read 0.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.cpuTotal, .wallClock, .throughput], timeUnits: .microseconds, scalingFactor: .kilo,
        maxDuration: .seconds(3))
    for work in Workload.all {
        Benchmark(work.name) { benchmark in
            let run = work.prepare()
            benchmark.startMeasurement()
            run()
        }
    }
}
