import KafkaClient
import ProtectedIdentity

/// The thousand events that everything is measured on: each says of another person that they are protected, as the feed
/// of the whole worker's benchmark does.
struct Events {
    static let count = 1_000
    static let tenant = "nordic-sport"
    private static let now = Timestamp(microseconds: 1_795_000_000_000_000)
    static let today = now.date
    static let decidedAt = now

    let records: [OutgoingRecord]
    let structured: [OutgoingRecord]

    init() {
        records = (0..<Self.count).map(Self.binary)
        structured = (0..<Self.count).map(Self.structured)
    }

    /// Right in form, a serial a person; they may be somebody's, and stay in this process.
    static func number(_ index: Int) -> String {
        let serial = index % 999 + 1
        let digits = "9\(index / 999)0312" + String("00\(serial)".suffix(3))
        let sum = digits.utf8.enumerated().reduce(0) { sum, digit in
            let product = Int(digit.element - 0x30) * (digit.offset.isMultiple(of: 2) ? 2 : 1)
            return sum + (product > 9 ? product - 9 : product)
        }
        return "19\(digits)\((10 - sum % 10) % 10)"
    }

    private static func data(_ index: Int) -> String {
        """
        {"tenant":"\(tenant)","status":"protected","origin":"monitoring","country":"SE",\
        "observedAt":"\(now)","personalIdentityNumber":"\(number(index))","registry":"SPAR"}
        """
    }

    private static func binary(_ index: Int) -> OutgoingRecord {
        OutgoingRecord(
            topic: "events", partition: Int32(index % 12), key: Array("person-\(index)".utf8),
            value: Array(data(index).utf8),
            headers: [
                RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", "event-\(index)"),
                RecordHeader("ce_source", "/registry/spar"), RecordHeader("ce_type", StatusEvent.type),
                RecordHeader("ce_time", now.description), RecordHeader("content-type", "application/json"),
            ])
    }

    private static func structured(_ index: Int) -> OutgoingRecord {
        let event = """
            {"specversion":"1.0","id":"event-\(index)","source":"/registry/spar","type":"\(StatusEvent.type)",\
            "time":"\(now)","datacontenttype":"application/json","data":\(data(index))}
            """
        return OutgoingRecord(
            topic: "events", partition: Int32(index % 12), key: nil, value: Array(event.utf8),
            headers: [RecordHeader("content-type", "application/cloudevents+json")])
    }
}

extension OutgoingRecord {
    var raw: RawRecord {
        RawRecord(
            headers: headers.map { (Array($0.name.utf8)[...], $0.value.map { $0[...] }) }, value: value.map { $0[...] })
    }
}

extension [OutgoingRecord] {
    /// As they are read.
    var batch: RecordBatch {
        RecordBatch(
            enumerated().map { index, record in
                let partition = TopicPartition(topic: record.topic, partition: record.partition ?? 0)
                return (partition, Int64(index / 12), Events.decidedAt.milliseconds, record)
            })
    }
}
