import Logging
import Operations
import RegisterFeeds
import Synchronization

/// Feeds files and folders, once or again and again.
struct Feeder: Sendable {
    /// What is fed.
    enum Input: Sendable {
        case file(FeedFile)
        case folder(String)
    }

    let settings: FeedDesk.Settings
    /// The way to the cluster; nil in a dry run, which publishes and moves nothing.
    let kafka: OperationsKafka?
    let topic: String
    let stop: StopFlag
    let logger: Logger

    private let told = ToldOnce()

    /// Feeds everything once. Blocks. A file that fails keeps none of the others back, unless it is the broker that fails.
    func once(_ inputs: [Input]) throws -> FeedResultSet {
        var result = FeedResultSet()
        let publisher = try kafka.map { try EventPublisher($0, topic: topic) }
        defer { publisher?.close() }
        let progress = FeedProgress()
        defer { progress.finish() }
        let desk = FeedDesk(
            settings, publisher: publisher, clock: WallClock.now, progress: progress.show,
            isStopped: { [stop] in stop.isStopped })
        for input in inputs where !result.isOver {
            do throws(FeedFailure) {
                switch input {
                case .file(let file): try feed(file, desk, &result)
                case .folder(let path): try feed(folder: path, desk, &result)
                }
            } catch {
                result.fail(error)
            }
        }
        return result
    }

    /// Feeds what lies in folders until stopped. A file that fails stays where it is, and is tried again at its time.
    func repeatedly(_ folders: [String], every interval: Duration) throws {
        while !stop.isStopped {
            let result = try once(folders.map { .folder($0) })
            for report in result.reports where !report.isStopped && !report.hasChanged { tell(report) }
            for failure in result.failures where !stop.isStopped {
                // One that is being written is nothing to be woken for.
                logger.log(
                    level: failure.exit == .temporary ? .warning : .error, "a file was not fed; it is tried again",
                    metadata: ["reason": "\(failure.message)"])
            }
            stop.wait(atMost: interval)
        }
    }

    private func feed(_ file: FeedFile, _ desk: FeedDesk, _ result: inout FeedResultSet) throws(FeedFailure) {
        do throws(FeedFailure) {
            result.reports.append(try desk.feed(file))
        } catch {
            // What was published is told, whatever became of the list of rejects.
            if case .rejects(_, let report) = error { result.reports.append(report) }
            throw error
        }
        guard let report = result.reports.last else { return }
        if report.isStopped {
            result.interrupt(file.name)
        } else if report.hasChanged {
            result.outgrow(file.name)
        }
    }

    private func feed(folder path: String, _ desk: FeedDesk, _ result: inout FeedResultSet) throws(FeedFailure) {
        let folder = try kafka == nil ? DropFolder(looking: path) : DropFolder(path: path)
        tell(folder.others(), in: path)
        for name in try folder.waiting() where !result.isOver && !stop.isStopped {
            do throws(FeedFailure) {
                var file = folder.file(name)
                if kafka == nil { file.rejects = nil }
                try feed(file, desk, &result)
                if kafka != nil, let report = result.reports.last, !report.isStopped, !report.hasChanged {
                    try folder.put(name, report: report)
                }
            } catch {
                // Several may feed one folder.
                if case .missing = error { continue }
                result.fail(error)
            }
        }
    }

    /// Once: somebody may wait for them to be fed.
    private func tell(_ others: [String], in folder: String) {
        let new = told.new(others, in: folder)
        guard !new.isEmpty else { return }
        let names = new.prefix(Self.toldNames).joined(separator: ", ") + (new.count > Self.toldNames ? ", …" : "")
        logger.warning(
            "in a folder of files lies what is none, and is not fed: folders, pipes, links that lead nowhere",
            metadata: ["count": "\(new.count)", "names": "\(names)"])
    }

    private static let toldNames = 10

    private func tell(_ report: FeedReport) {
        let metadata: Logger.Metadata = [
            "file": "\(report.name)", "read": "\(report.read)", "protected": "\(report.protected)",
            "notProtected": "\(report.notProtected)", "nothingSaid": "\(report.nothingSaid)",
            "rejected": "\(report.rejections)", "broken": "\(report.breakCount)",
        ]
        if report.isClean {
            logger.notice("fed", metadata: metadata)
        } else {
            logger.error("fed, but for what was rejected: somebody may be exposed", metadata: metadata)
        }
    }
}

/// What lies in folders and was told of at the last look.
private final class ToldOnce: Sendable {
    private let folders = Mutex<[String: Set<String>]>([:])

    /// What was not there then.
    func new(_ names: [String], in folder: String) -> [String] {
        folders.withLock { folders in
            let before = folders.updateValue(Set(names), forKey: folder) ?? []
            return names.filter { !before.contains($0) }
        }
    }
}
