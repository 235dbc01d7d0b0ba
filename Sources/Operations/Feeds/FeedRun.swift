internal import ProtectedIdentity
internal import RegisterFeeds

/// One reading of one file.
struct FeedRun {
    var report: FeedReport
    let writer: NoticeWriter
    let publisher: EventPublisher?
    let rejects: RejectsFile?
    var pacing: Pacing?
    /// The file of an archive that is being read, as it is shown.
    var member: String? {
        didSet { lastLine = 1 }
    }
    let isStopped: () -> Bool
    let samples: Int
    private(set) var failure: PublishFailure?
    private(set) var lastLine = 1

    init(
        report: FeedReport, writer: NoticeWriter, publisher: EventPublisher?, rejects: RejectsFile?, pacing: Pacing?,
        isStopped: @escaping () -> Bool, samples: Int
    ) {
        self.report = report
        self.writer = writer
        self.publisher = publisher
        self.rejects = rejects
        self.pacing = pacing
        self.isStopped = isStopped
        self.samples = samples
    }

    mutating func take(_ items: [FeedItem]) {
        for item in items where failure == nil {
            // Held to a rate, a chunk may take minutes.
            if pacing != nil, isStopped() {
                report.isStopped = true
                return
            }
            lastLine = item.place.line
            switch item.finding {
            case .broken(let fault):
                breakOff(item.place, fault)
                continue
            case .notice(let notice): take(notice, item)
            case .nothingSaid: report.nothingSaid += 1
            case .rejected(let reason): reject(item.place, reason)
            }
            report.read += 1
        }
    }

    private mutating func take(_ notice: RegisterNotice, _ item: FeedItem) {
        switch writer.event(notice) {
        case .failure(let none): reject(item.place, none.rejection)
        case .success(let (event, remarks)):
            for remark in item.remarks + remarks { report.remarks[remark, default: .init()].add(item.place) }
            if report.samples.count < samples {
                report.samples.append(FeedSample(item.place, event, notice.status))
            }
            do throws(PublishFailure) {
                try publisher?.publish(event)
            } catch {
                failure = error
                return
            }
            pacing?.wait(for: 1)
            switch notice.status {
            case .protected: report.protected += 1
            case .notProtected: report.notProtected += 1
            }
        }
    }

    private mutating func reject(_ place: FeedPlace, _ reason: FeedRejection) {
        report.rejected[reason, default: .init()].add(place)
        rejects?.add(place, reason.rawValue, member: member)
    }

    /// Nothing that follows in the file, or in the archive's file, can be read.
    mutating func breakOff(_ place: FeedPlace, _ fault: FeedFault) {
        report.add(FeedReport.Break(place: place, fault: fault, member: member))
        rejects?.add(place, fault.rawValue, member: member)
    }
}

extension FeedSample {
    fileprivate init(_ place: FeedPlace, _ event: FeedEvent, _ status: ProtectionStatus) {
        let time = event.headers.first { $0.0 == "ce_time" }?.1 ?? []
        self.init(
            line: place.line, person: String(decoding: event.key.prefix(12), as: UTF8.self) + "…",
            status: status.rawValue, observedAt: String(decoding: time, as: UTF8.self))
    }
}
