// What an outcome must not tell.
extension DecisionState {
    /// What would betray a person in the strings that an outcome quotes: the event's numbers, those that the contacts bore
    /// before the batch, and those that nobody names any more but that are remembered. Some registries use the number
    /// itself as their key, and of a cleared contact only the digest can tell that they do.
    func traces(of event: StatusEvent, _ numbers: EventNumbers, contacts places: [ContactTable.Place]) -> NumberTraces {
        let borne = places.compactMap { contacts.found[$0].number }
        var remembered = self.remembered(in: event.identity.source, of: event.tenant)
        remembered += self.remembered(in: event.identity.id, of: event.tenant)
        for place in places { remembered += self.remembered(in: contacts.key(place).id.rawValue, of: event.tenant) }
        if remembered.isEmpty, borne.allSatisfy({ isWritten($0, in: numbers) }) { return numbers.traces }
        let read = places.compactMap { place in
            contacts.found[place].number.flatMap { own in
                contacts.found[place].country.served.flatMap {
                    try? PersonalIdentityNumber.parse(own.reveal(), country: $0, today: batch.today)
                }
            }
        }
        return NumberTraces(
            numbers: numbers.usable.map(\.number) + read + remembered, asWritten: event.numbers + borne)
    }

    /// Whether a contact's number is, but for its form, one of the event's: then it has no further traces.
    private func isWritten(_ own: Sensitive<String>, in numbers: EventNumbers) -> Bool {
        var (count, lastTen): (Int, UInt64) = (0, 0)
        for byte in own.reveal().utf8 where (0x30...0x39).contains(byte) {
            count += 1
            lastTen = (lastTen * 10 + UInt64(byte - 0x30)) % 10_000_000_000
        }
        return (10...12).contains(count) && numbers.usable.contains { $0.number.lastTenDigits == lastTen }
    }

    /// The numbers in a text that somebody is remembered by.
    private func remembered(in text: String, of tenant: TenantName) -> [PersonalIdentityNumber] {
        NumberTraces.numbers(readableIn: text, on: batch.today).filter { number in
            DigestedNumber(number, tenant: tenant, keyring: batch.keyring).aliases.contains { aliases[$0] != nil }
        }
    }
}
