public import ProtectedIdentity

/// Turns what a file says into events.
public struct NoticeWriter: Sendable {
    private let format: FeedFormat
    private let tenant: TenantName
    private let origin: Origin
    private let country: Country
    private let registry: String?
    private let keyring: DigestKeyring
    private let observedAt: Timestamp?
    private let written: Timestamp
    private let now: Timestamp

    /// A writer for one file.
    ///
    /// - Parameters:
    ///   - format: the file's kind.
    ///   - tenant: whose contacts are meant.
    ///   - origin: how the file came about.
    ///   - country: whose numbers they are.
    ///   - registry: whose word it is.
    ///   - keyring: the writing key makes identities and record keys.
    ///   - observedAt: when the register said what bears no date of its own, where somebody knows.
    ///   - written: when the file was last written to. It stands in for the date of a protection, and of no lift: a copy of an
    ///     old file is new. The same each time that the file is fed.
    ///   - now: the current moment; it settles which numbers, and which lifts, lie in the future. No event hangs on it.
    public init(
        format: FeedFormat, tenant: TenantName, origin: Origin, country: Country, registry: String?,
        keyring: DigestKeyring, observedAt: Timestamp?, written: Timestamp, now: Timestamp
    ) {
        self.format = format
        self.tenant = tenant
        self.origin = origin
        self.country = country
        self.registry = registry
        self.keyring = keyring
        self.observedAt = observedAt
        self.written = written
        self.now = now
    }

    /// The event of a notice, and what was strange about it; or why there is none.
    public func event(_ notice: RegisterNotice) -> Result<(event: FeedEvent, remarks: [FeedRemark]), NoWords> {
        var numbers: [PersonalIdentityNumber] = []
        var refused: NumberError?
        for written in notice.numbers {
            do throws(NumberError) {
                let number = try PersonalIdentityNumber.parse(written.reveal(), country: country, today: now.date)
                if !numbers.contains(number) { numbers.append(number) }
            } catch {
                refused = refused ?? error
            }
        }
        if numbers.isEmpty, notice.contactID == nil {
            return .failure(NoWords(refused == .unsupported ? .unsupportedNumber : .malformedNumber))
        }
        guard let said = moment(of: notice) else { return .failure(NoWords(.noDate)) }
        let content = FeedEvent.Content(
            tenant: tenant, status: notice.status, origin: origin, country: country, observedAt: said, numbers: numbers,
            contactID: notice.contactID, registry: registry, protection: notice.protection)
        guard let event = FeedEvent(content, format: format.rawValue, keyring: keyring) else {
            return .failure(NoWords(.noPerson))
        }
        var remarks: [FeedRemark] = refused == nil ? [] : [.unusableNumber]
        if notice.status == .notProtected, said > now.adding(StatusEvent.clockTolerance) {
            remarks.append(.aheadOfTheClock)
        }
        return .success((event, remarks))
    }

    /// When the register said so; nil where nobody can tell what a lift is newer than.
    private func moment(of notice: RegisterNotice) -> Timestamp? {
        notice.said?.timestamp(of: notice.status) ?? observedAt ?? (notice.status == .protected ? written : nil)
    }
}

/// Why a notice has no event.
public struct NoWords: Error, Sendable, Hashable {
    /// The reason.
    public let rejection: FeedRejection

    init(_ rejection: FeedRejection) {
        self.rejection = rejection
    }
}

extension FeedFormat {
    /// Whose numbers stand in a register's own files; nil for lists, of which nobody knows.
    public var country: Country? {
        switch self {
        case .spar: .sweden
        case .cpr: .denmark
        case .csv, .jsonl: nil
        }
    }

    /// Whose word a register's own files are; nil for lists.
    public var registry: String? {
        switch self {
        case .spar: "SPAR"
        case .cpr: "CPR"
        case .csv, .jsonl: nil
        }
    }
}
