/// The contacts that a batch is decided over: as they were found, and as the records before have left them.
///
/// Each has its place for as long as the batch is decided, an index, since a key would have to be hashed at every turn.
struct ContactTable {
    typealias Place = Int

    /// As they were before the batch.
    let found: [ContactRecord]
    /// As they are now; nil where one is no more.
    private var now: [ContactRecord?]
    private let numbers: NumberIndex
    private var ofPersons: [PersonID: [Place]] = [:]
    /// Few batches name contacts by their keys: made when the first is.
    private var places: [ContactKey: Place]?

    init(_ contacts: [ContactKey: ContactRecord]) {
        found = Array(contacts.values)
        now = found
        numbers = NumberIndex(found)
        ofPersons.reserveCapacity(found.count)
        for (place, contact) in found.enumerated() {
            if let person = contact.person { ofPersons[person, default: []].append(place) }
        }
    }

    subscript(place: Place) -> ContactRecord? { now[place] }

    func key(_ place: Place) -> ContactKey { found[place].key }

    /// Where the contact of that key is, which need not be any more; nil where it was never found.
    mutating func place(of key: ContactKey) -> Place? {
        if let places { return places[key] }
        let places = Dictionary(found.indices.map { (found[$0].key, $0) }) { first, _ in first }
        self.places = places
        return places[key]
    }

    /// The contact of that key, as it is now.
    mutating func contact(_ key: ContactKey) -> ContactRecord? {
        place(of: key).flatMap { now[$0] }
    }

    /// The contacts that are a person's, in no order.
    func places(of person: PersonID) -> [Place] { ofPersons[person] ?? [] }

    /// The contacts whose number may be that one, in the order of their keys; whether it is, only the number itself can tell.
    func places(near number: PersonalIdentityNumber, of tenant: TenantName) -> [Place] {
        let country = CountryCode(number.country)
        return sorted(
            numbers.places(near: number).filter { place in
                now[place] != nil && found[place].key.tenant == tenant && found[place].country == country
            })
    }

    /// Places in the order of their contacts' keys.
    func sorted(_ places: [Place]) -> [Place] {
        places.count < 2 ? places : places.sorted { found[$0].key < found[$1].key }
    }

    /// Replaces what is known of a contact, but for its person.
    mutating func replace(_ place: Place, with contact: ContactRecord) {
        now[place] = contact
    }

    /// Makes a contact a person's, where it is not that already; tells whether it was not.
    mutating func link(_ place: Place, to person: PersonID) -> Bool {
        guard let contact = now[place], contact.person != person else { return false }
        forget(place, of: contact.person)
        ofPersons[person, default: []].append(place)
        now[place] = contact.with(person: person)
        return true
    }

    /// Gives a person the contacts of another; tells which.
    mutating func merge(_ from: PersonID, into person: PersonID) -> [Place] {
        let moved = ofPersons.removeValue(forKey: from) ?? []
        for place in moved { now[place] = now[place]?.with(person: person) }
        if !moved.isEmpty { ofPersons[person, default: []] += moved }
        return moved
    }

    /// Forgets a contact that is no more.
    mutating func remove(_ place: Place) {
        forget(place, of: now[place]?.person)
        now[place] = nil
    }

    private mutating func forget(_ place: Place, of person: PersonID?) {
        guard let person else { return }
        ofPersons[person]?.removeAll { $0 == place }
    }
}

/// Contacts by the last ten digits of their stored number, which are all that a number's written forms have in common.
private struct NumberIndex {
    /// The last place of those digits, and of each place the one before it of the same digits; -1 where there is none.
    private var last: [UInt64: Int] = [:]
    private var before: [Int]

    init(_ contacts: [ContactRecord]) {
        before = [Int](repeating: -1, count: contacts.count)
        last.reserveCapacity(contacts.count)
        for (place, contact) in contacts.enumerated() {
            guard let stored = contact.number?.reveal() else { continue }
            let digits = Self.lastTenDigits(of: stored)
            before[place] = last.updateValue(place, forKey: digits) ?? -1
        }
    }

    func places(near number: PersonalIdentityNumber) -> [Int] {
        guard var place = last[number.lastTenDigits] else { return [] }
        var places = [place]
        while before[place] >= 0 {
            place = before[place]
            places.append(place)
        }
        return places
    }

    private static func lastTenDigits(of stored: String) -> UInt64 {
        var number: UInt64 = 0
        for byte in stored.utf8 where (0x30...0x39).contains(byte) {
            number = (number * 10 + UInt64(byte - 0x30)) % 10_000_000_000
        }
        return number
    }
}
