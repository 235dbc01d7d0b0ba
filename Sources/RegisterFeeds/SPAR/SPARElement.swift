/// The elements of SPAR's XML that say something here, by their names without prefix: a namespace tells but the version.
enum SPARElement: Equatable {
    /// A person: of a change notice, or of a look-up's answer.
    case post
    case personID
    case number
    /// The person's other number, under whichever of its names.
    case reference
    /// Somebody else's number stands in there.
    case relation
    case secrecy
    case protectedRegistration
    /// When one of the two marks, or anything of the post, last changed.
    case date
    /// An error that the register answers with.
    case error
    /// Speaks of SPAR, and says nothing here.
    case envelope
    case other

    /// - Parameter name: ends with a zero, with a prefix or without.
    init(_ name: UnsafePointer<CChar>) {
        var local = name
        var place = name
        while place.pointee != 0 {
            if place.pointee == 0x3A { local = place + 1 }
            place += 1
        }
        let text = UnsafeBufferPointer(start: local, count: place - local)
        self =
            Self.named.first { $0.name.utf8.count == text.count && Self.begins(text, with: $0.name) }?.element
            ?? Self.prefixes.first { Self.begins(text, with: $0.name) }?.element ?? .other
    }

    private static let named: [(name: StaticString, element: SPARElement)] = [
        ("IdNummer", .number), ("PersonId", .personID), ("Sekretessmarkering", .secrecy),
        ("SkyddadFolkbokforing", .protectedRegistration), ("AviseringPost", .post), ("PersonsokningSvarspost", .post),
        ("SekretessDatum", .date), ("SkyddadFolkbokforingDatum", .date), ("SenasteAndringSPAR", .date),
        ("Relation", .relation), ("Undantag", .error), ("OverstigerMaxAntalSvarsposter", .error),
        // So the versions of 2019 call them.
        ("AviseringsPost", .post), ("FysiskPersonId", .number), ("SekretessAndringsdatum", .date),
        ("SkyddadFolkbokforingAndringsdatum", .date),
    ]
    private static let prefixes: [(name: StaticString, element: SPARElement)] = [
        ("Hanvisning", .reference), ("Avisering", .envelope), ("Personsokning", .envelope), ("SPAR", .envelope),
    ]

    /// Whether a text begins so; letters in either case, since older versions differ in it.
    private static func begins(_ text: UnsafeBufferPointer<CChar>, with name: StaticString) -> Bool {
        name.withUTF8Buffer { name in
            guard text.count >= name.count else { return false }
            for index in name.indices where UInt8(bitPattern: text[index]) | 0x20 != name[index] | 0x20 { return false }
            return true
        }
    }
}

extension StaticString {
    fileprivate var utf8: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
