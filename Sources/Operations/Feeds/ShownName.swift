internal import ProtectedIdentity

/// A file's name as it is printed, logged and reported: people name files after the person that is in them.
enum ShownName {
    /// What stands in a number's place.
    static let mask = "‹number›"
    /// No name that somebody chose is longer.
    private static let longest = 255

    /// A path without what reads as somebody's number in it, and without signs that would rule a terminal.
    static func of(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { part(String($0)) }.joined(separator: "/")
    }

    private static func part(_ name: String) -> String {
        let printable = String(name.map { $0.unicodeScalars.contains(where: isControl) ? "?" : $0 })
        var shown = ""
        // The same without what is known to be none.
        var suspected = ""
        for piece in pieces(of: printable) {
            let isNumber = !isMoment(piece) && NumberTraces.ofAnyNumber.areIn(String(piece))
            shown += isNumber ? mask : String(piece)
            suspected += isNumber || isMoment(piece) ? "x" : String(piece)
        }
        // One that is written in another way (%2D) is found in the whole.
        if NumberTraces.ofAnyNumber.areIn(suspected) { shown = mask }
        return shown.count > longest ? shown.prefix(longest) + "…" : shown
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// The rows of digits with no letter between them, and what stands between those.
    private static func pieces(of name: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = name[...]
        while let start = rest.firstIndex(where: isDigit) {
            let row = rest[start...].prefix { isDigit($0) || !$0.isLetter && $0.isASCII }
            let end = row.lastIndex(where: isDigit).map { rest.index(after: $0) } ?? row.endIndex
            pieces += [rest[..<start], rest[start..<end]]
            rest = rest[end...]
        }
        return pieces + [rest]
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    /// `20261123-093000` and the like, which files are named after most, and which reads as a Danish number: digits in a row,
    /// or day and time apart. A number with a copy's count behind it is divided in other places.
    private static func isMoment(_ row: Substring) -> Bool {
        let groups = row.split { !isDigit($0) }
        let digits = groups.joined()
        guard momentGroups.contains(groups.map(\.count)), digits.hasPrefix("20") else { return false }
        let parts = [(0, 4), (4, 2), (6, 2), (8, 2), (10, 2), (12, 2)].compactMap {
            Int(digits.dropFirst($0.0).prefix($0.1))
        }
        guard parts.count == 6, CalendarDate(year: parts[0], month: parts[1], day: parts[2]) != nil else {
            return false
        }
        return parts[0] >= 2_020 && parts[3] < 24 && parts[4] < 60 && parts[5] < 60
    }

    private static let momentGroups = [[14], [8, 6], [4, 2, 2, 2, 2, 2], [4, 2, 2, 6]]
}
