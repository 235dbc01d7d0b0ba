internal import Crypto
internal import Foundation

/// The digest keys in use: the first one writes, all of them read, so that keys can be rotated.
public struct DigestKeyring: Sendable, Equatable {
    /// All keys, the writing one first; never empty, ids unique.
    public let keys: [DigestKey]

    /// The key under which new digests are made.
    public let writing: DigestKey

    /// A keyring that writes under `writing` and also reads what the `others` wrote. Fails where two keys share an id.
    public init?(writing: DigestKey, others: [DigestKey] = []) {
        keys = [writing] + others
        self.writing = writing
        guard Set(keys.map(\.id)).count == keys.count else { return nil }
    }

    /// The key of that id.
    public func key(id: String) -> DigestKey? {
        keys.first { $0.id == id }
    }

    /// Reads `ID:BASE64[,ID:BASE64…]`, the first entry writing. Spaces and line breaks around an entry are dropped.
    ///
    /// - Throws: which entry is wrong and how; never what it holds, since an entry without its id is all key.
    public init(parsing text: String) throws(DigestKeyringError) {
        var keys: [DigestKey] = []
        let entries = text.split(separator: ",", omittingEmptySubsequences: false)
        for (index, entry) in entries.enumerated() {
            let trimmed = entry.drop(while: \.isWhitespace)
            guard !trimmed.isEmpty else {
                throw entries.count == 1 ? .empty : .missingColon(entry: index + 1)
            }
            guard let colon = trimmed.firstIndex(of: ":") else { throw .missingColon(entry: index + 1) }
            let id = String(trimmed[..<colon])
            guard DigestKey.allows(id: id) else { throw .invalidID(entry: index + 1) }
            guard !keys.contains(where: { $0.id == id }) else { throw .repeatedID(id) }
            let encoded = trimmed[trimmed.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
            guard let bytes = Data(base64Encoded: encoded) else { throw .invalidBase64(id: id) }
            guard let key = DigestKey(id: id, key: SymmetricKey(data: bytes)) else {
                throw .tooShort(id: id, bytes: bytes.count)
            }
            keys.append(key)
        }
        guard let writing = keys.first else { throw .empty }
        self.keys = keys
        self.writing = writing
    }
}

/// Why a text is no keyring. Names entries and ids, never a key.
public enum DigestKeyringError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no entry.
    case empty
    /// The entry (counted from 1) has no `:` between id and key.
    case missingColon(entry: Int)
    /// What stands before the `:` of the entry (counted from 1) is no `[A-Za-z0-9_-]{1,16}`.
    case invalidID(entry: Int)
    /// Two entries have this id.
    case repeatedID(String)
    /// The key of this id is not in Base64 (RFC 4648 section 4, padded).
    case invalidBase64(id: String)
    /// The key of this id has too few bytes.
    case tooShort(id: String, bytes: Int)

    /// What to mend.
    public var description: String {
        switch self {
        case .empty: "no digest key; expected ID:BASE64[,ID:BASE64…]"
        case .missingColon(let entry): "entry \(entry) of the digest keys is not of the form ID:BASE64"
        case .invalidID(let entry):
            "the id of entry \(entry) of the digest keys must be 1 to 16 letters, digits, hyphens or underscores"
        case .repeatedID(let id): "two digest keys have the id \(id)"
        case .invalidBase64(let id): "the digest key \(id) is not valid Base64"
        case .tooShort(let id, let bytes):
            "the digest key \(id) has \(bytes) bytes; at least \(DigestKey.minimumBytes) are needed"
        }
    }
}
