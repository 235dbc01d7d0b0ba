/// The character sets in which lists come.
public enum FeedEncoding: String, Sendable, Hashable, CaseIterable {
    /// UTF-8, a byte order mark before it or not.
    case utf8 = "utf-8"
    /// Latin 1.
    case latin1 = "iso-8859-1"
    /// Latin 1 with letters and signs where that has control characters.
    case windows1252 = "windows-1252"

    /// 0x80 to 0x9F of Windows-1252 (WHATWG Encoding Standard); five of them stand for themselves.
    static let windows: [UInt16] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
        0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x009D, 0x017E, 0x0178,
    ]

    /// The text that bytes are; nil where they are none.
    func text(_ bytes: some Collection<UInt8>) -> String? {
        switch self {
        case .utf8: return String(validating: bytes, as: UTF8.self)
        case .latin1: return String(decoding: bytes.lazy.map { UInt16($0) }, as: UTF16.self)
        case .windows1252:
            return String(
                decoding: bytes.lazy.map { (0x80...0x9F).contains($0) ? Self.windows[Int($0) - 0x80] : UInt16($0) },
                as: UTF16.self)
        }
    }
}
