internal import ProtectedIdentity

/// Which columns of a CSV list, or members of a JSON Lines one, say what, and which values mean protected.
public struct FieldMapping: Sendable, Hashable {
    /// The number's name; nil where there is none.
    public var number: String?
    /// The names of further numbers of the same person.
    public var otherNumbers: [String]
    /// The contact id's name; nil where there is none.
    public var contactID: String?
    /// The status's name; nil only where nothing is mapped.
    public var status: String?
    /// The name of the day or moment at which the register said so; nil where there is none.
    public var observedAt: String?
    /// The values that mean protected, in any case.
    public var protectedValues: [String]
    /// The values that mean not protected, in any case. Every other one means protected, and is told of.
    public var notProtectedValues: [String]
    /// The character set.
    public var encoding: FeedEncoding
    /// What stands between the columns of a CSV list: an ASCII character.
    public var separator: UInt8

    /// A mapping of these names.
    public init(
        number: String? = nil, otherNumbers: [String] = [], contactID: String? = nil, status: String? = nil,
        observedAt: String? = nil, protectedValues: [String] = [], notProtectedValues: [String] = [],
        encoding: FeedEncoding = .utf8, separator: UInt8 = UInt8(ascii: ",")
    ) {
        self.number = number
        self.otherNumbers = otherNumbers
        self.contactID = contactID
        self.status = status
        self.observedAt = observedAt
        self.protectedValues = protectedValues.map { $0.lowercased() }
        self.notProtectedValues = notProtectedValues.map { $0.lowercased() }
        self.encoding = encoding
        self.separator = separator
    }

    /// The names of all columns or members that are looked at.
    public var names: [String] {
        ([number].compactMap(\.self) + otherNumbers + [contactID, status, observedAt].compactMap(\.self))
    }

    /// What a record of these values says.
    ///
    /// - Parameter value: of a name; nil where the record has none.
    func item(_ place: FeedPlace, _ value: (String) -> FieldValue?) -> FeedItem {
        func filled(_ name: String) -> String? { value(name)?.text }
        func given(_ name: String) -> FieldValue? { value(name).flatMap { $0.isEmpty ? nil : $0 } }
        let numbers = ([number].compactMap(\.self) + otherNumbers).compactMap(filled)
        let id = contactID.flatMap(filled)
        if let id, ContactID(rawValue: id) == nil {
            return FeedItem(place.at(contactID ?? ""), .rejected(.malformed))
        }
        guard !numbers.isEmpty || id != nil else { return FeedItem(place, .rejected(.noPerson)) }
        guard let said = status.flatMap(given) else {
            return FeedItem(status.map(place.at) ?? place, .rejected(.noStatus))
        }
        var remarks: [FeedRemark] = []
        let isNamed = said.isOne(of: protectedValues)
        let isProtected = isNamed || !said.isOne(of: notProtectedValues)
        if isProtected, !isNamed { remarks.append(.unknownStatus) }
        let written = observedAt.flatMap(given)
        let moment = written?.text.flatMap { FeedMoment($0) }
        if written != nil, moment == nil {
            guard isProtected else {
                return FeedItem(observedAt.map(place.at) ?? place, .rejected(.unreadableDate))
            }
            remarks.append(.unreadableDate)
        }
        let notice = RegisterNotice(
            numbers: numbers.map { Sensitive($0) }, contactID: id.flatMap(ContactID.init(rawValue:)),
            status: isProtected ? .protected : .notProtected, said: moment)
        return FeedItem(place, .notice(notice), remarks: remarks)
    }
}

/// What a record has under a name.
enum FieldValue {
    /// A text, as it is written.
    case text(String)
    /// Something, and no value that a list could name: an array, an object, a fraction.
    case other

    /// Without white space around; nil where nothing is written.
    var text: String? {
        guard case .text(let written) = self else { return nil }
        let text = written.trimmed
        return text.isEmpty ? nil : text
    }

    /// Whether nothing is written.
    var isEmpty: Bool {
        if case .text = self { text == nil } else { false }
    }

    /// Whether it is one of the values, in any case.
    func isOne(of values: [String]) -> Bool { text.map { values.contains($0.lowercased()) } ?? false }
}
