import CExpat
import Foundation
import KafkaClient
import Logging
import Operations
import ProtectedIdentity
import RegisterFeeds

/// How far records are taken.
enum Stage: String, CaseIterable {
    /// Expat, or a search for line feeds, that counts and does nothing else.
    case plain
    /// Our reader.
    case read
    /// Our reader, and an event made of each notice.
    case events
    /// The whole: published, and confirmed by a broker in another process.
    case publish

    var meaning: String {
        switch self {
        case .plain: "plain reader, counts only"
        case .read: "read"
        case .events: "read, events made"
        case .publish: "read, made, published and confirmed"
        }
    }

    func measure(_ format: FeedFormat, file: String, servers: String?) throws -> Figures {
        let begin = ContinuousClock.now
        let records =
            switch self {
            case .plain: try format == .spar ? PlainXML().count(file) : Self.lines(file)
            case .read: try Self.items(format, file) { _ in true }
            case .events: try Self.events(format, file)
            case .publish: try Self.publish(format, file, servers: servers ?? "")
            }
        return Figures(records: records, seconds: (ContinuousClock.now - begin) / .seconds(1))
    }

    private static let today = CalendarDate(epochSeconds: 1_795_426_200)

    private static func keyring() throws -> DigestKeyring {
        try DigestKeyring(parsing: "k1:\(Data(repeating: 9, count: 32).base64EncodedString())")
    }

    static func chunks(_ file: String, _ handle: ([UInt8]) -> Void) throws {
        let source = try FileHandle(forReadingFrom: URL(filePath: file))
        let input = PackedInput(descriptor: source.fileDescriptor)
        while try input.nextMember() { while let chunk = try input.read() { handle(chunk) } }
    }

    private static func lines(_ file: String) throws -> Int {
        var count = 0
        try chunks(file) { chunk in count += chunk.count { $0 == 0x0A } }
        // The first and the last are no records.
        return count - 2
    }

    private static func items(_ format: FeedFormat, _ file: String, _ counts: (FeedItem) -> Bool) throws -> Int {
        var reader = format.reader(FieldMapping(), today: today)
        var count = 0
        try chunks(file) { chunk in count += reader.read(chunk).count(where: counts) }
        return count + reader.finish().count(where: counts)
    }

    private static func events(_ format: FeedFormat, _ file: String) throws -> Int {
        guard let tenant = TenantName(rawValue: "nordic-sport") else { return 0 }
        let writer = NoticeWriter(
            format: format, tenant: tenant, origin: .monitoring, country: format.country ?? .sweden,
            registry: format.registry, keyring: try keyring(), observedAt: nil, written: Timestamp(milliseconds: 0),
            now: Timestamp(milliseconds: 1_795_426_200_000))
        return try items(format, file) { item in
            guard case .notice(let notice) = item.finding, case .success = writer.event(notice) else { return false }
            return true
        }
    }

    private static func publish(_ format: FeedFormat, _ file: String, servers: String) throws -> Int {
        guard let tenant = TenantName(rawValue: "nordic-sport") else { return 0 }
        let kafka = OperationsKafka(
            bootstrapServers: servers, group: "none", properties: .none, logger: Logger(label: "benchmark"))
        let publisher = try EventPublisher(kafka, topic: "protected-identity.events")
        defer { publisher.close() }
        let desk = FeedDesk(
            FeedDesk.Settings(
                format: format, tenant: tenant, origin: .monitoring, country: format.country ?? .sweden,
                registry: format.registry, keyring: try keyring()),
            publisher: publisher, clock: { Timestamp(milliseconds: 1_795_426_200_000) })
        return try desk.feed(FeedFile(path: file)).events
    }
}

/// Expat with nothing behind it but a count of posts.
private final class PlainXML {
    private var posts = 0

    func count(_ file: String) throws -> Int {
        let expat = XML_ParserCreate(nil)
        defer { XML_ParserFree(expat) }
        XML_SetUserData(expat, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            expat,
            { context, name, _ in
                guard let context, let name, strcmp(name, "AviseringPost") == 0 else { return }
                Unmanaged<PlainXML>.fromOpaque(context).takeUnretainedValue().posts += 1
            }, { _, _ in })
        try Stage.chunks(file) { chunk in
            chunk.withUnsafeBytes { bytes in
                _ = XML_Parse(
                    expat, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), 0)
            }
        }
        return posts
    }
}
