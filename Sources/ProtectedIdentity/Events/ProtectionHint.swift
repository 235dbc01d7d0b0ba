/// Whether a record that was refused seems to say *protected*. It decides nothing but how loud the alarm is, so it leans
/// towards yes wherever the record speaks of a status at all.
enum ProtectionHint {
    /// By the data of a record that could be read: a status other than some spelling of `not-protected`, or, without a
    /// status, a kind of protection.
    static func isIn(_ data: JSONText) -> Bool {
        let named = data.members.map { (name: data.string($0.name), value: $0.value) }
        let statuses = named.filter { $0.name == StatusData.Name.status.rawValue }
        guard statuses.isEmpty else { return statuses.contains { !saysNotProtected($0.value, in: data) } }
        return named.contains { $0.name == StatusData.Name.protection.rawValue && $0.value.kind != .null }
    }

    private static func saysNotProtected(_ value: JSONValue, in data: JSONText) -> Bool {
        switch value.kind {
        case .null: true
        case .string: data.string(value)?.lowercased().filter(\.isLetter) == "notprotected"
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
