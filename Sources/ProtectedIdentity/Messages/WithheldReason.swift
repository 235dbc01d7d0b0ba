/// Why a command on the deletions topic has led to no deletion. The set is closed: it is part of the contract.
public enum WithheldReason: String, Sendable, Hashable, CaseIterable {
    /// The command says so itself: it is a cancellation.
    case cancelled
    /// The request no longer stands: the schedule that it was made for was dropped, or another one has taken its place.
    case lapsed
    /// The person is no longer protected.
    case notProtected = "not-protected"
    /// The registry no longer has the contact.
    case gone
    /// The tenant's policy has become `keep`.
    case policyKeep = "policy-keep"
    /// By this worker's clock the notice period is not over.
    case notDue = "not-due"
    /// The tenant's policy now requires a notice, and nobody knows that it has gone out.
    case notNotified = "not-notified"
}
