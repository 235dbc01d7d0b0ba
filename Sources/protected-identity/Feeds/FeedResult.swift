import Operations
import RegisterFeeds

/// What a feed has come to.
struct FeedResultSet: Sendable {
    var reports: [FeedReport] = []
    /// Why files were not fed.
    private(set) var failures: [CommandFailure] = []
    /// The first of them.
    var failure: CommandFailure? { failures.first }
    /// Whether the next file would fare no better.
    private(set) var isOver = false

    /// Whether every record of every file was understood.
    var isClean: Bool { reports.allSatisfy(\.isClean) }

    mutating func fail(_ error: FeedFailure) {
        if case .publishing = error { isOver = true }
        let failure =
            switch error {
            case .missing(let text), .unreadable(let text): CommandFailure(.noInput, text)
            case .publishing(let failure):
                CommandFailure(
                    .unavailable, "\(failure). Feed the same file again: what was published already adds nothing")
            case .rejects(let text, _): CommandFailure(.cannotCreate, "\(text); the events themselves are published")
            case .folder(let text): CommandFailure(.cannotCreate, text)
            }
        failures.append(failure)
    }

    mutating func interrupt(_ name: String) {
        isOver = true
        failures.append(
            CommandFailure(
                .temporary, "\(name): interrupted; feed it again: what was published already adds nothing"))
    }

    /// A file of which there may be more than was read.
    mutating func outgrow(_ name: String) {
        failures.append(
            CommandFailure(
                .temporary,
                "\(name): it was written to while it was read, and stays; it has to be fed again when it is complete: what was "
                    + "published already adds nothing"))
    }

    /// The lines for people.
    func lines(isDry: Bool) -> [String] {
        guard !reports.isEmpty else { return ["There was nothing to feed."] }
        var table = TextTable("file", "read", "protected", "not protected", "without", "rejected")
        for report in reports {
            table.add(
                report.name, "\(report.read)", "\(report.protected)", "\(report.notProtected)", "\(report.nothingSaid)",
                "\(report.rejections)")
        }
        let details = reports.flatMap(Self.details)
        let samples = reports.flatMap(\.samples).map {
            "  line \($0.line)  \($0.person)  \($0.status)  \($0.observedAt)"
        }
        return table.lines + (details.isEmpty ? [] : [""] + details)
            + (samples.isEmpty
                ? [] : ["", "Some of the events, people by the beginning of their record key:"] + samples)
            + (isDry ? ["", "Nothing was published."] : [])
    }

    /// What was rejected or strange, with the first of its lines.
    private static func details(_ report: FeedReport) -> [String] {
        func line(_ what: String, _ tally: FeedReport.Tally) -> String {
            let more = tally.count > tally.lines.count ? ", …" : ""
            let places = tally.lines.map(String.init).joined(separator: ", ")
            return "\(report.name): \(what) (\(tally.count), line \(places)\(more))"
        }
        let rejected = report.rejected.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { line("rejected, \($0.key.meaning)", $0.value) }
        let remarks = report.remarks.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { line($0.key.meaning, $0.value) }
        let broken = report.breaks.map { broken in
            let member = broken.member.map { ", \($0)" } ?? ""
            return "\(report.name)\(member), \(broken.place): \(broken.fault.meaning)"
        }
        let more = report.breakCount - report.breaks.count
        return rejected + broken + (more > 0 ? ["\(report.name): … and \(counted(more, "further break"))"] : [])
            + remarks
    }
}

/// The same for scripts.
struct FeedResult: Encodable {
    let files: [FeedReport]
    let read: Int
    let published: Int
    let nothingSaid: Int
    let rejected: Int
    let broken: Int
    let dryRun: Bool

    init(_ result: FeedResultSet, isDry: Bool) {
        files = result.reports
        read = files.reduce(0) { $0 + $1.read }
        published = files.reduce(0) { $0 + $1.events }
        nothingSaid = files.reduce(0) { $0 + $1.nothingSaid }
        rejected = files.reduce(0) { $0 + $1.rejections }
        broken = files.reduce(0) { $0 + $1.breakCount }
        dryRun = isDry
    }
}
