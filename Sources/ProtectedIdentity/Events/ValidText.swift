internal import Foundation

extension String {
    /// The text that `bytes` are in UTF-8; nil where they are none.
    ///
    /// Nearly every text is ASCII, which needs no validation and is several times as fast.
    init?(validUTF8 bytes: ArraySlice<UInt8>) {
        guard let text = bytes.withUnsafeBufferPointer({ String(validUTF8: $0) }) else { return nil }
        self = text
    }

    /// As ``init(validUTF8:)``, of bytes that somebody lends.
    init?(validUTF8 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.areASCII else {
            self.init(validating: bytes, as: UTF8.self)
            return
        }
        self.init(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Whether both are the same in UTF-8. `==` takes two for one that differ only in how an accent is composed.
    func hasSameBytes(as other: String) -> Bool {
        guard self == other else { return false }
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                left.hasSameBytes(as: right)
            }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether they are ASCII alone. Joined by "or", many of them are looked at in one step.
    var areASCII: Bool { reduce(0, |) < 0x80 }

    /// Whether they are text in UTF-8.
    var areUTF8: Bool { areASCII || String(validating: self, as: UTF8.self) != nil }

    /// Whether they are this text.
    func say(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { hasSameBytes(as: $0) }
    }

    func hasSameBytes(as other: Self) -> Bool {
        guard count == other.count else { return false }
        guard let start = baseAddress, let otherStart = other.baseAddress else { return true }
        // `elementsEqual` goes byte by byte.
        return memcmp(start, otherStart, count) == 0
    }
}

extension RawRepresentable<String> where Self: CaseIterable {
    /// The case of that text. For a few short ones that is quicker than the compiler's own initialiser, which searches a table.
    init?(of text: String) {
        guard let known = Self.allCases.first(where: { $0.rawValue == text }) else { return nil }
        self = known
    }
}
