/// A contact registry's own opaque key, 1 to 128 characters.
///
/// Keys are compared byte for byte, as stores do. Swift's `==` of strings would take two keys for one that differ only in
/// how an accent is composed.
public struct ContactID: RawRepresentable, Sendable, Hashable, Comparable {
    /// The key as the registry writes it. It may hold a personal number where a registry uses one as its key.
    public let rawValue: String

    /// Fails unless `rawValue` has 1 to 128 characters (Unicode scalars) and no NUL, which no SQL text can hold.
    public init?(rawValue: String) {
        let scalars = rawValue.unicodeScalars
        guard !scalars.isEmpty, rawValue.utf8.count <= 512, !rawValue.utf8.contains(0), scalars.count <= 128 else {
            return nil
        }
        self.rawValue = rawValue
    }

    /// A key that stands for another and is known to be well formed.
    init(pseudonym: String) {
        rawValue = pseudonym
    }

    /// Whether it reads as a key that stands for another.
    var isPseudonym: Bool { rawValue.hasPrefix(Pseudonymiser.prefix) }

    /// Byte for byte.
    public static func == (left: Self, right: Self) -> Bool {
        left.rawValue.hasSameBytes(as: right.rawValue)
    }

    /// Hashes the text; keys that are equal byte for byte hash alike.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rawValue)
    }

    /// Order of the bytes, the same on every machine.
    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

extension ContactID: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder: that a contact is protected is itself the secret.
    public var description: String { "‹contact›" }

    /// A placeholder.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
