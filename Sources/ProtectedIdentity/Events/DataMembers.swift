/// The name of a member that is known, and its place among them: the order in which digests are taken.
protocol DataMemberName: RawRepresentable<String>, CaseIterable, Sendable where AllCases == [Self] {
    /// Its place among all of them, from 0.
    var index: Int { get }
    /// Whether it holds a list of texts, and not one.
    var isList: Bool { get }
}

/// The data of an event, member by member. Unknown members are ignored.
struct DataMembers<Name: DataMemberName>: Sendable {
    /// A member as found.
    enum Member: Sendable {
        case absent
        case text(String)
        case texts([String])
        /// Of a JSON type that the member does not have.
        case malformed
        case repeated

        var text: String? {
            if case .text(let text) = self { text } else { nil }
        }

        init(_ value: JSONValue, isList: Bool) {
            switch value {
            case .string(let text) where !isList:
                self = .text(text)
            case .array(let elements) where isList:
                let texts = elements.compactMap { element -> String? in
                    if case .string(let text) = element { text } else { nil }
                }
                self = texts.count == elements.count ? .texts(texts) : .malformed
            default:
                self = .malformed
            }
        }
    }

    private var members = [Member](repeating: .absent, count: Name.allCases.count)

    init(_ object: [(name: String, value: JSONValue)]) {
        for (name, value) in object {
            guard let known = Name(rawValue: name) else { continue }
            if case .null = value { continue }
            if case .absent = self[known] {
                self[known] = Member(value, isList: known.isList)
            } else {
                self[known] = .repeated
            }
        }
    }

    subscript(name: Name) -> Member {
        get { members[name.index] }
        set { members[name.index] = newValue }
    }

    /// What it says, for digests: the members as received, in the order of `Name`.
    ///
    /// Both CloudEvents modes, the order of the members and white space make no difference; members that are absent, `null`
    /// or unknown count for nothing.
    var content: ContentDigestInput {
        var parts = LengthPrefixed(label: "members")
        for name in Name.allCases {
            switch self[name] {
            case .text(let text):
                parts.append(name.rawValue.utf8)
                parts.append(count: 1)
                parts.append(text.utf8)
            case .texts(let texts):
                parts.append(name.rawValue.utf8)
                parts.append(count: texts.count)
                for text in texts { parts.append(text.utf8) }
            case .absent, .malformed, .repeated:
                break
            }
        }
        return ContentDigestInput(members: parts)
    }
}
