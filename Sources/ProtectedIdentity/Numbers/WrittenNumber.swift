/// A number as somebody wrote it, taken apart but not judged: ten or twelve symbols and at most one separator.
///
/// Only ASCII digits and letters count (a digit of another script is no digit here), the whole text must be used up, and
/// spaces around it are dropped. The one separator (`-`, `+` or a space) stands before the last four symbols. Anything
/// else, a line break among it, makes the text no written number.
struct WrittenNumber {
    enum Separator: Equatable {
        case none
        case hyphen
        case plus
        case space
    }

    /// ASCII digits and capital letters.
    private(set) var symbols = Symbols()
    private(set) var separator = Separator.none
    /// Whether every symbol is a digit.
    private(set) var isNumeric = true

    /// Up to twelve of them, in place.
    struct Symbols {
        private var bytes = InlineArray<12, UInt8>(repeating: 0)
        private(set) var count = 0

        var isEmpty: Bool { count == 0 }

        subscript(index: Int) -> UInt8 { bytes[index] }

        subscript(range: Range<Int>) -> some Sequence<UInt8> { range.lazy.map { self[$0] } }

        fileprivate mutating func append(_ symbol: UInt8) {
            bytes[count] = symbol
            count += 1
        }

        /// Puts zeros in front, so that there are ten.
        fileprivate mutating func fill() {
            var filled = Symbols()
            for _ in count..<10 { filled.append(0x30) }
            for index in 0..<count { filled.append(self[index]) }
            self = filled
        }
    }

    /// The longest text that is looked at; no written form comes near it.
    static let maximumLength = 64

    /// - Parameter leadingZerosLost: the text comes from a numeric column: a shorter row of digits is one of ten digits
    ///   that has lost its zeros (twelve digits never begin with one).
    init?(utf8 text: some Sequence<UInt8>, leadingZerosLost: Bool = false) {
        var separatorPosition = -1
        var pendingSpaces = 0
        var length = 0
        for byte in text {
            length += 1
            guard length <= Self.maximumLength else { return nil }
            switch byte {
            case 0x20:
                if !symbols.isEmpty { pendingSpaces += 1 }
            case 0x2D, 0x2B:
                guard separatorPosition < 0, pendingSpaces == 0, !symbols.isEmpty else { return nil }
                separatorPosition = symbols.count
                separator = byte == 0x2D ? .hyphen : .plus
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A:
                if pendingSpaces > 0 {
                    guard separatorPosition < 0, pendingSpaces == 1 else { return nil }
                    separatorPosition = symbols.count
                    separator = .space
                    pendingSpaces = 0
                }
                guard symbols.count < 12 else { return nil }
                if byte > 0x39 { isNumeric = false }
                symbols.append(byte >= 0x61 ? byte - 0x20 : byte)
            default:
                return nil
            }
        }
        if leadingZerosLost, isNumeric, separatorPosition < 0, (1..<10).contains(symbols.count) {
            symbols.fill()
        }
        guard symbols.count == 10 || symbols.count == 12 else { return nil }
        guard separatorPosition < 0 || separatorPosition == symbols.count - 4 else { return nil }
    }

    /// The symbols at `range` as one integer; nil where one of them is a letter.
    func value(_ range: Range<Int>) -> Int? {
        var value = 0
        for symbol in symbols[range] {
            guard symbol <= 0x39 else { return nil }
            value = value * 10 + Int(symbol - 0x30)
        }
        return value
    }
}
