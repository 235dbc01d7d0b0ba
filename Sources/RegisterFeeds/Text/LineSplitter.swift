/// Cuts a stream into lines at line feeds; a carriage return before one is dropped. Holds one line at a time.
struct LineSplitter {
    /// A line, and where it stands.
    struct Line {
        /// From 1.
        let number: Int
        /// Without its end. Empty where it is too long.
        let bytes: ArraySlice<UInt8>
        /// Whether it was longer than any record, and was dropped.
        let isTooLong: Bool
    }

    /// Far above any record of any format here.
    static let longestLine = 1_048_576

    private var held: [UInt8] = []
    private var isTooLong = false
    private var number = 0

    /// The lines that the chunk completes.
    mutating func read(_ chunk: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = chunk[...]
        while let end = rest.firstIndex(of: 0x0A) {
            lines.append(line(endingWith: rest[rest.startIndex..<end]))
            rest = rest[(end + 1)...]
        }
        hold(rest)
        return lines
    }

    /// What stands behind the last line feed.
    mutating func finish() -> [Line] {
        held.isEmpty && !isTooLong ? [] : [line(endingWith: [])]
    }

    private mutating func line(endingWith end: ArraySlice<UInt8>) -> Line {
        number += 1
        var bytes = end
        if !held.isEmpty || isTooLong {
            hold(end)
            bytes = held[...]
        }
        if bytes.last == 0x0D { bytes.removeLast() }
        let line = Line(number: number, bytes: isTooLong ? [] : bytes, isTooLong: isTooLong)
        held = []
        isTooLong = false
        return line
    }

    private mutating func hold(_ part: ArraySlice<UInt8>) {
        guard !isTooLong, held.count + part.count <= Self.longestLine else {
            held = []
            isTooLong = true
            return
        }
        held.append(contentsOf: part)
    }
}
