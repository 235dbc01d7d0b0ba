internal import ContactStore
internal import ProtectedIdentity

// What a row of ``ContactSQL/read`` and the words of persons say, for those who look without locks.
extension ResolutionReader {
    func record(
        _ key: ContactKey, _ contact: Resolution.Contact, _ result: PostgresResult, _ row: Int32
    ) -> ContactRecord {
        let holding = sql.fields.indices.filter { result.boolean(row, 8 + Int32($0)) }.map { sql.fields[$0] }
        return ContactRecord(
            key: key, country: contact.country, number: contact.number,
            mark: result.boolean(row, 5) ? .standing : result.boolean(row, 6) ? .takenOff : .absent,
            holding: Set(holding), person: contact.person, deletionNotBefore: result.timestamp(row, 7))
    }

    func persons(aliases: [PersonAlias: PersonID], words: PostgresResult) -> [PersonID: Person] {
        var persons: [PersonID: Person] = [:]
        for (alias, person) in aliases {
            let hadNumber = persons[person]?.hasNumber ?? false
            persons[person, default: Person()].hasNumber = hadNumber || alias.kind == .number
        }
        for row in words.rows {
            guard let registry = words.text(row, 1), let observedAt = words.timestamp(row, 2) else { continue }
            let word = RegisterWord(observedAt: observedAt, status: words.boolean(row, 3) ? .protected : .notProtected)
            persons[PersonID(bytes: words.bytes(row, 0)), default: Person()].words[registry] = word
        }
        return persons
    }
}
