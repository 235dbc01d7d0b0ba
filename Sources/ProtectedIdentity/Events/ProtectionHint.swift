/// Whether a record that was refused seems to say *protected*. It decides nothing but how loud the alarm is, so it leans
/// towards yes wherever the record speaks of a status at all.
enum ProtectionHint {
    /// By the data of a record that could be read: a status other than some spelling of `not-protected`, or, without a
    /// status, a kind of protection.
    static func isIn(_ data: [(name: String, value: JSONValue)]) -> Bool {
        let statuses = data.filter { $0.name == StatusData.Name.status.rawValue }
        guard statuses.isEmpty else { return statuses.contains { !saysNotProtected($0.value) } }
        return data.contains { member in
            guard member.name == StatusData.Name.protection.rawValue else { return false }
            if case .null = member.value { return false }
            return true
        }
    }

    private static func saysNotProtected(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.lowercased().filter(\.isLetter) == "notprotected"
        case .array, .object, .other: false
        }
    }

    /// By bytes that could not be read: whether `"protected"` occurs, in any case.
    static func isIn(_ bytes: ArraySlice<UInt8>) -> Bool {
        let wanted = Array("\"protected\"".utf8)
        guard bytes.count >= wanted.count else { return false }
        for start in bytes.startIndex...(bytes.endIndex - wanted.count) where bytes[start] == wanted[0] {
            let matches = wanted.indices.allSatisfy { index in
                let byte = bytes[start + index]
                return ((0x41...0x5A).contains(byte) ? byte + 0x20 : byte) == wanted[index]
            }
            if matches { return true }
        }
        return false
    }
}
