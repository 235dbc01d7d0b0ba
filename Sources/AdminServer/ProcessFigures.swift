import CoreMetrics
import Foundation
import PrometheusMetrics
import Synchronization

/// What Linux tells of this process, under the names that Prometheus' clients have for it.
final class ProcessFigures: Sendable {
    private let start: Meter
    private let cpu: FloatingPointCounter
    private let memory: Meter
    private let openFiles: Meter
    private let mostFiles: Meter
    /// A counter takes increments: what it was told already.
    private let told = Mutex(0.0)

    init(_ factory: any MetricsFactory, startedAt seconds: Double) {
        start = Meter(label: Metrics.startTime.name, factory: factory)
        cpu = FloatingPointCounter(label: Metrics.cpu.name, factory: factory)
        memory = Meter(label: Metrics.memory.name, factory: factory)
        openFiles = Meter(label: Metrics.openFiles.name, factory: factory)
        mostFiles = Meter(label: Metrics.mostFiles.name, factory: factory)
        start.set(seconds)
    }

    /// Looks at them now; what cannot be read stays as it was.
    func look() {
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let (user, system) = (usage.ru_utime, usage.ru_stime)
            let seconds = Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1e6
            told.withLock { told in
                cpu.increment(by: max(0, seconds - told))
                told = max(told, seconds)
            }
        }
        // Linux, proc(5): the second field of statm is the resident set, in pages.
        if let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
            .dropFirst().first,
            let resident = Double(pages)
        {
            memory.set(resident * Double(sysconf(Int32(_SC_PAGESIZE))))
        }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            openFiles.set(Double(files.count))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 { mostFiles.set(Double(limit.rlim_cur)) }
    }
}
