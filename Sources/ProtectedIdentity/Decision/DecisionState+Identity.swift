/// Everyone and everything that an event means.
struct Meant {
    /// The contacts found by number, by memory or by their id, each once.
    private(set) var contacts: [ContactTable.Place] = []
    /// Whether one of them cannot be found by one of the numbers, and so has to be remembered.
    var needsLink = false
    /// The persons known under one of the numbers or for one of the contacts: all of them are one.
    var persons: Set<PersonID> = []
    /// The aliases to remember the person by, the writing key's. Never empty.
    var aliases: [PersonAlias] = []

    mutating func insert(_ place: ContactTable.Place) {
        if !contacts.contains(place) { contacts.append(place) }
    }

    mutating func insert(_ places: [ContactTable.Place]) {
        for place in places { insert(place) }
    }
}

extension DecisionState {
    /// The contacts and persons that an event means, by its numbers and its contact id.
    mutating func whoIsMeant(by event: StatusEvent, numbers: [DigestedNumber]) throws(QuarantineReason) -> Meant {
        let named = event.contactID.map { ContactKey(tenant: event.tenant, id: $0) }
        var meant = Meant()
        for number in numbers { try add(number, tenant: event.tenant, named: named, to: &meant) }
        guard let named else {
            // The decoder refuses an event that names nobody.
            if meant.aliases.isEmpty { throw .invalidData }
            return meant
        }
        let contactAliases = batch.keyring.aliases(of: named)
        let remembered = Set(contactAliases.compactMap { aliases[$0] })

        guard let place = contacts.place(of: named), let contact = contacts[place] else {
            // The numbers decide; the id is kept for the contact that may appear under it. What was said of nothing but the
            // id was said of the bearer of these numbers.
            let own = numbers.isEmpty ? remembered : remembered.filter { persons[$0]?.hasNumber == false }
            meant.persons.formUnion(own)
            for person in own { meant.insert(contacts.places(of: person)) }
            if numbers.isEmpty || remembered.isEmpty {
                meant.aliases.append(contentsOf: contactAliases.prefix(1))
            }
            return meant
        }

        let isFoundByNumber = meant.contacts.contains(place)
        var own = Meant()
        if let number = batch.ownNumber(of: contact) {
            try add(number, tenant: event.tenant, named: named, to: &own)
        } else if contact.number == nil, contact.person == nil {
            own.persons.formUnion(remembered)
        }
        // What was said of nothing but the id, before the contact appeared, was said of this contact.
        own.persons.formUnion(remembered.filter { persons[$0]?.hasNumber == false })
        if let person = contact.person { own.persons.insert(person) }
        if !isFoundByNumber, !meant.contacts.isEmpty, own.persons.isDisjoint(with: meant.persons),
            contact.number != nil || own.persons.contains(where: { persons[$0]?.hasNumber == true })
        {
            throw .ambiguousIdentity
        }
        meant.insert(own.contacts)
        meant.insert(place)
        meant.needsLink = true
        meant.persons.formUnion(own.persons)
        meant.aliases.append(contentsOf: own.aliases.filter { !meant.aliases.contains($0) })
        if meant.aliases.isEmpty { meant.aliases.append(contentsOf: contactAliases.prefix(1)) }
        for person in meant.persons { meant.insert(contacts.places(of: person)) }
        return meant
    }

    /// Adds the contacts that bear a number or are remembered for it, and the persons known under it.
    private func add(
        _ number: DigestedNumber, tenant: TenantName, named: ContactKey?, to meant: inout Meant
    ) throws(QuarantineReason) {
        let known = number.aliases.compactMap { aliases[$0] }
        for place in contacts.places(near: number.number, of: tenant) {
            guard let contact = contacts[place], let stored = contact.number?.reveal() else { continue }
            switch number.number.match(stored: stored, country: number.number.country, today: batch.today) {
            case .same:
                meant.insert(place)
                if let person = contact.person { meant.persons.insert(person) }
            case .ambiguous:
                // The contact id tells which of the two it is, or did so in an earlier event.
                guard contact.key == named || contact.person.map(known.contains) == true else { throw .ambiguousMatch }
                meant.insert(place)
            case .other, .unreadable:
                break
            }
        }
        meant.persons.formUnion(known)
        for person in known { meant.insert(contacts.places(of: person)) }
        meant.aliases.append(contentsOf: number.aliases.prefix(1))
    }

    /// Makes one person of all that are meant, or a new one, and remembers the aliases.
    mutating func remember(_ meant: Meant) -> PersonID {
        let known = meant.persons.sorted()
        let person = known.first ?? PersonID(firstMetAs: meant.aliases[0])
        for other in known.dropFirst() { merge(other, into: person) }
        var record = persons[person] ?? Person()
        for alias in meant.aliases where aliases[alias] != person {
            aliases[alias] = person
            changes.aliases[alias] = person
            record.hasNumber = record.hasNumber || alias.kind == .number
        }
        persons[person] = record
        return person
    }
}
