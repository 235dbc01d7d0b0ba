// What a command to notify has come to: the notice has gone out before the decision, or it has not.
extension DecisionState {
    /// Tells what became of a notice.
    ///
    /// - Parameter result: nil where nobody has tried to send it.
    mutating func notice(
        _ command: ReceivedCommand, _ result: NoticeResult?
    ) throws(QuarantineReason) -> StoredOutcome {
        switch result {
        case .sent: return outcome(.notified, of: command)
        case .skipped(let reason): return outcome(.notificationSkipped, of: command, skipped: reason)
        case .dropped(let notice, let reason):
            let key = notice.contact
            // Another schedule has a notice of its own.
            if let place = contacts.place(of: key), let contact = contacts[place],
                contact.deletionNotBefore == notice.deletionNotBefore
            {
                changes.deletions[key] = .some(nil)
                contacts.replace(place, with: contact.unscheduled())
            }
            return outcome(.notificationSkipped, of: command, skipped: reason)
        case .failed(let reason): throw reason
        case nil: throw .undeliverable
        }
    }
}
