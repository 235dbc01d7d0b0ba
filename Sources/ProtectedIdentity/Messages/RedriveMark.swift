/// Says, in the quarantine topic, that a record set aside was put back into its topic. It is written in the transaction
/// that puts it back, so that neither is without the other.
public struct RedriveMark: Sendable, Hashable {
    /// Where the original stands, or stood: one attempt at an event has one place.
    public let original: RecordCoordinates
    /// Why it had been set aside.
    public let reason: QuarantineReason
    /// The how manieth time it is put back, which its copy says too.
    public let redrives: Int
    /// When.
    public let redrivenAt: Timestamp

    /// The header that tells a mark from a record set aside, and the count that a copy bears.
    private static let name = "quarantine-redriven"
    /// The header that counts how often a record was put back.
    public static let countHeader = "quarantine-redrives"

    /// A mark for the record that stood at `original`.
    public init(original: RecordCoordinates, reason: QuarantineReason, redrives: Int, redrivenAt: Timestamp) {
        self.original = original
        self.reason = reason
        self.redrives = redrives
        self.redrivenAt = redrivenAt
    }

    /// What the headers of a record in the quarantine topic say; nil where it is no mark.
    public init?(reading header: (_ name: String) -> ArraySlice<UInt8>?) {
        func text(_ name: String) -> String? { header(name).flatMap { String(validUTF8: $0) } }
        guard let redrivenAt = text(Self.name).flatMap({ Timestamp(rfc3339: $0) }),
            let original = RecordCoordinates(original: header),
            let reason = text("quarantine-reason").flatMap(QuarantineReason.init(rawValue:)),
            let redrives = text(Self.countHeader).flatMap({ Int($0) })
        else { return nil }
        self.init(original: original, reason: reason, redrives: redrives, redrivenAt: redrivenAt)
    }

    /// The message: the key of the record set aside, so that it comes behind it, and nothing as its value.
    public func encoded() -> EncodedMessage {
        EncodedMessage(
            destination: .quarantine, key: Array(original.description.utf8), value: [],
            headers: QuarantineHeaders.encoded(original) + [
                ("quarantine-reason", Array(reason.rawValue.utf8)), (Self.countHeader, Array(String(redrives).utf8)),
                (Self.name, Array(redrivenAt.description.utf8)),
            ])
    }
}
