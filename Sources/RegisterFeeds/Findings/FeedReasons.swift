/// Why a record was not understood. A closed set, so that it may be printed, counted and kept.
public enum FeedRejection: String, Sendable, Hashable, CaseIterable {
    /// Nothing says whom it means.
    case noPerson = "no-person"
    /// What should be a number is none of the country in any written form.
    case malformedNumber = "malformed-number"
    /// A number in form that stands in no population register.
    case unsupportedNumber = "unsupported-number"
    /// Nothing says whether the person is protected.
    case noStatus = "no-status"
    /// It says that the person is not protected, and its date cannot be read: nobody can tell what it is newer than.
    case unreadableDate = "unreadable-date"
    /// It says that the person is not protected, and bears no date: a copy of an old file would lift what holds now.
    case noDate = "no-date"
    /// It ends before its time.
    case cutShort = "cut-short"
    /// It is not of the form that it should have.
    case malformed = "malformed-record"
    /// It is not in the character set that it should be in.
    case wrongEncoding = "wrong-encoding"
    /// It is longer than any record.
    case tooLong = "too-long"
    /// It is an error that the register answers with.
    case registerError = "register-error"

    /// What it means and the way out, for people.
    public var meaning: String {
        switch self {
        case .noPerson: "neither a number nor a contact id"
        case .malformedNumber: "the number is none in any written form"
        case .unsupportedNumber: "the number is of a kind that stands in no population register"
        case .noStatus: "it does not say whether the person is protected"
        case .unreadableDate: "its date cannot be read, and without it nobody can tell what it takes the place of"
        case .noDate: "it lifts a protection and bears no date; --observed-at says when the register said so"
        case .cutShort: "the record ends before its time; is the file complete?"
        case .malformed: "it has another form"
        case .wrongEncoding: "it is in another character set; see feeds.encoding"
        case .tooLong: "it is longer than any record"
        case .registerError: "the register answers with an error"
        }
    }
}

/// Why the rest of a file cannot be read.
public enum FeedFault: String, Sendable, Hashable, CaseIterable {
    /// It is no well-formed XML, or CSV whose rows cannot be told apart.
    case notWellFormed = "not-well-formed"
    /// It ends before its time.
    case truncated
    /// It is of another format altogether.
    case otherFormat = "other-format"
    /// It is in a character set that is not read.
    case wrongEncoding = "wrong-encoding"
    /// It declares a document type, which no register does and which can be made to use up memory.
    case documentType = "document-type"
    /// Its header lacks a column that the configuration names.
    case missingColumn = "missing-column"
    /// It is packed in a way that is not read, or damaged.
    case packing
    /// An archive holds a member that was written as a stream, unpacked, and nothing marks its end.
    case unmarkedEnd = "unmarked-end"
    /// An archive holds a member that needs a password.
    case encrypted

    /// What it means and the way out, for people.
    public var meaning: String {
        switch self {
        case .notWellFormed: "not well-formed from here on"
        case .truncated: "it ends before its time; fetch it again"
        case .otherFormat: "it is of another format"
        case .wrongEncoding: "it is in a character set that is not read here"
        case .documentType: "it declares a document type, which is refused"
        case .missingColumn: "a column that the configuration names under feeds.* is missing, or there twice"
        case .packing: "it is packed in a way that is not read, or damaged"
        case .unmarkedEnd: "nothing in the archive tells where this file in it ends; unpack it first"
        case .encrypted: "it needs a password; unpack it first"
        }
    }
}

/// Something strange that did not keep a record from being understood.
public enum FeedRemark: String, Sendable, Hashable, CaseIterable {
    /// The status has a value that nobody has named: taken as protected.
    case unknownStatus = "unknown-status"
    /// A date of a protection could not be read: the file's stands in for it.
    case unreadableDate = "unreadable-date"
    /// A protection's end date is over, and the file does not say that the register holds it for ended: still protected.
    case endNotConfirmed = "end-not-confirmed"
    /// One of the person's numbers is none, or in no register; another, or the contact's id, says who is meant.
    case unusableNumber = "unusable-number"
    /// A lift's date lies in the future, farther than clocks differ.
    case aheadOfTheClock = "ahead-of-the-clock"

    /// What it means, for people.
    public var meaning: String {
        switch self {
        case .unknownStatus: "the status has a value that the configuration does not name; taken as protected"
        case .unreadableDate: "a protection's date cannot be read; the file's own stands in for it"
        case .endNotConfirmed:
            "the end date is over, and the file does not say that the register ended it; still protected"
        case .unusableNumber:
            "one of the person's numbers is unusable; the others, or the contact's id, say who is meant"
        case .aheadOfTheClock:
            "a lift's date lies in the future; workers set it aside (implausible-time) and lift nobody"
        }
    }
}
