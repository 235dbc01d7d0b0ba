/// What became of a command to notify.
public enum NoticeResult: Sendable, Hashable {
    /// The notice is known to have gone out, now or before.
    case sent
    /// There was nothing to send, or nobody to send it to.
    case skipped(NoticeSkipReason)
    /// There was nothing to send, and the schedule that it would have told is dropped: where the policy deletes, a sweep begins
    /// anew, with another notice and the full period.
    case dropped(DeletionNotice, NoticeSkipReason)
    /// It cannot be delivered as things are; the record is set aside.
    case failed(QuarantineReason)
}

/// Why a command to notify has led to no notice. The set is closed: it is part of the contract.
public enum NoticeSkipReason: String, Sendable, Hashable, CaseIterable {
    /// The registry has no e-mail address of the contact.
    case noAddress = "no-address"
    /// The registry no longer has the contact.
    case gone
    /// The person is no longer protected.
    case notProtected = "not-protected"
    /// The schedule that the notice is about was dropped, or another one has taken its place.
    case lapsed
    /// The tenant's policy has become `keep`.
    case policyKeep = "policy-keep"
    /// The time that the notice would tell is over.
    case late
}
