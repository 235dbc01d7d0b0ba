/// The name of a member that is known, and its place among them: the order in which digests are taken.
protocol DataMemberName: RawRepresentable<String>, CaseIterable, Sendable where AllCases == [Self] {
    /// Its place among all of them, from 0 to 9.
    var index: Int { get }
    /// Whether it holds a list of texts, and not one.
    var isList: Bool { get }

    /// The member of that name, by its bytes: every member of every record is asked for, so none becomes a string first.
    static func named(_ name: UnsafeBufferPointer<UInt8>) -> Self?
}

/// The data of an event, member by member. Unknown members are ignored.
struct DataMembers<Name: DataMemberName>: Sendable {
    /// A member as found.
    enum Member: Sendable {
        case absent
        /// A text, or a list of texts.
        case present(JSONValue)
        /// Of a JSON type that the member does not have.
        case malformed
        case repeated
    }

    private let text: JSONText
    private var members = InlineArray<10, Member>(repeating: .absent)

    init(_ text: JSONText) {
        self.text = text
        for member in text.members {
            guard let name = text.withString(member.name, Name.named), member.value.kind != .null else { continue }
            if case .absent = self[name] {
                self[name] = found(member.value, isList: name.isList)
            } else {
                self[name] = .repeated
            }
        }
    }

    private func found(_ value: JSONValue, isList: Bool) -> Member {
        switch value.kind {
        case .string where !isList: .present(value)
        case .array where isList: text.strings(value) == nil ? .malformed : .present(value)
        default: .malformed
        }
    }

    private(set) subscript(name: Name) -> Member {
        get { members[name.index] }
        set { members[name.index] = newValue }
    }

    /// The text of a member; nil where it is no text.
    func string(_ name: Name) -> String? {
        guard case .present(let value) = self[name] else { return nil }
        return text.string(value)
    }

    /// The texts of a member; nil where it is no list of them.
    func strings(_ name: Name) -> [String]? {
        guard case .present(let value) = self[name] else { return nil }
        return text.strings(value)
    }

    /// What `read` makes of the text of a member, in UTF-8; nil where it is no text.
    func value<Value>(_ name: Name, _ read: (UnsafeBufferPointer<UInt8>) -> Value?) -> Value? {
        guard case .present(let value) = self[name] else { return nil }
        return text.withString(value, read)
    }

    /// What it says, for digests: the members as received, in the order of `Name`.
    ///
    /// Both CloudEvents modes, the order of the members and white space make no difference; members that are absent, `null`
    /// or unknown count for nothing.
    var content: ContentDigestInput {
        var parts = LengthPrefixed(label: "members")
        for name in Name.allCases {
            guard case .present(let value) = self[name] else { continue }
            parts.append(name.rawValue)
            if name.isList {
                let texts = text.strings(value) ?? []
                parts.append(count: texts.count)
                for text in texts { parts.append(text) }
            } else {
                parts.append(count: 1)
                text.withString(value) { parts.append($0) }
            }
        }
        return ContentDigestInput(members: parts)
    }
}
