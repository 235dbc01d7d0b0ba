public import ProtectedIdentity

/// What a register says of one person, as its own file says it: read, and not yet judged.
public struct RegisterNotice: Sendable, Hashable {
    /// The numbers as written, the person's present one first.
    public var numbers: [Sensitive<String>]
    /// The contact registry's own key.
    public var contactID: ContactID?
    /// Whether the person is protected.
    public var status: ProtectionStatus
    /// When the register said so, where the record tells.
    public var said: FeedMoment?
    /// The kind of protection, where the record tells.
    public var protection: Sensitive<String>?

    /// A notice of these parts.
    public init(
        numbers: [Sensitive<String>], contactID: ContactID? = nil, status: ProtectionStatus, said: FeedMoment? = nil,
        protection: Sensitive<String>? = nil
    ) {
        self.numbers = numbers
        self.contactID = contactID
        self.status = status
        self.said = said
        self.protection = protection
    }
}

extension RegisterNotice: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the person.
    public var description: String { "‹notice›" }

    /// Nothing of the person.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// When a register said something: most know days only.
public enum FeedMoment: Sendable, Hashable, Comparable {
    /// At some time of a day.
    case day(CalendarDate)
    /// At a moment.
    case moment(Timestamp)

    /// The moment that stands for it in an event.
    ///
    /// Of a day it is the last one where the person is protected and the first one where not: between two words of one day
    /// nobody can tell the order, and then protection is to win.
    public func timestamp(of status: ProtectionStatus) -> Timestamp {
        switch self {
        case .moment(let moment): return moment
        case .day(let day):
            let beginning = Timestamp(milliseconds: Int64(day.epochDay) * 86_400_000)
            return status == .protected ? beginning.adding(.milliseconds(86_399_999)) : beginning
        }
    }

    /// The earlier one comes first; a day by its beginning.
    public static func < (left: Self, right: Self) -> Bool {
        left.timestamp(of: .notProtected) < right.timestamp(of: .notProtected)
    }
}
