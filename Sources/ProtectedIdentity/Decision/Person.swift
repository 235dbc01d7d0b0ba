/// A name under which a person is remembered: a keyed digest of one of their numbers, or of a contact's id.
public struct PersonAlias: HashedByDigest, Comparable, Sendable {
    /// What was digested.
    public enum Kind: UInt8, Sendable {
        /// A personal identity number.
        case number = 0
        /// The id of a contact, known to the registry or not.
        case contact = 1
    }

    /// What was digested.
    public let kind: Kind
    /// The digest. Tenant and kind are digested with the value, so that it is unique by itself.
    public let digest: PersonDigest

    /// Bits of the digest.
    public var digestBits: UInt64 { digest.digestBits }

    /// An alias of a kind.
    public init(_ kind: Kind, _ digest: PersonDigest) {
        self.kind = kind
        self.digest = digest
    }

    /// The order in which stores lock, the same for every worker.
    public static func < (left: PersonAlias, right: PersonAlias) -> Bool {
        left.kind == right.kind ? left.digest < right.digest : left.kind.rawValue < right.kind.rawValue
    }
}

/// A remembered person. Derived from the alias that they were first met under, so that two workers that meet them at
/// once mean the same row.
public struct PersonID: HashedByDigest, Comparable, Sendable {
    private let value: SixteenBytes

    /// The id that a store has kept: sixteen bytes; of others the last sixteen count.
    public init(bytes: [UInt8]) {
        var (high, low): (UInt64, UInt64) = (0, 0)
        for byte in bytes.suffix(16) {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
        }
        value = SixteenBytes(high: high, low: low)
    }

    /// The id of somebody who is first met under that alias.
    public init(firstMetAs alias: PersonAlias) {
        value = alias.digest.last
    }

    /// The id of its two halves, the first one the more significant.
    public init(words: (high: UInt64, low: UInt64)) {
        value = SixteenBytes(high: words.high, low: words.low)
    }

    /// Its second half.
    public var digestBits: UInt64 { value.low }

    /// Its two halves.
    public var words: (high: UInt64, low: UInt64) { (value.high, value.low) }

    /// Sixteen bytes.
    public var bytes: [UInt8] { value.bytes }

    /// Byte by byte.
    public static func < (left: PersonID, right: PersonID) -> Bool {
        left.value < right.value
    }
}

/// The latest word of one register on a person.
public struct RegisterWord: Hashable, Sendable {
    /// When the register said so.
    public var observedAt: Timestamp
    /// What it said.
    public var status: ProtectionStatus

    /// A register's word.
    public init(observedAt: Timestamp, status: ProtectionStatus) {
        self.observedAt = observedAt
        self.status = status
    }

    /// The one of two words that stands: the later one, and at equal times protection.
    public func folded(with other: RegisterWord) -> RegisterWord {
        if observedAt == other.observedAt { return status == .protected ? self : other }
        return observedAt > other.observedAt ? self : other
    }
}

/// What is remembered of a person.
public struct Person: Hashable, Sendable {
    /// The latest word of each register; an event without a register counts under the empty name.
    public var words: [String: RegisterWord]
    /// Whether one of the aliases is a number.
    public var hasNumber: Bool

    /// A remembered person.
    public init(words: [String: RegisterWord] = [:], hasNumber: Bool = false) {
        self.words = words
        self.hasNumber = hasNumber
    }

    /// A person is protected while any register says so.
    public var isProtected: Bool {
        words.values.contains { $0.status == .protected }
    }
}
