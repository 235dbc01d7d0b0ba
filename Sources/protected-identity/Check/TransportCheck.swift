import NotificationWorker

/// Looks whether notices could go out, and sends none.
struct TransportCheck {
    let assembly: Assembly

    /// What is to be said of the way to people; nothing where there is to be none.
    func findings() -> [Finding] {
        guard let transport = assembly.configuration.notifications.transport else { return [] }
        let (key, what) =
            switch transport {
            case .smtp: ("notifications.smtp.url", "the mail server")
            case .webhook: ("notifications.webhook.url", "the receiver of the webhook")
            }
        guard let parts = try? assembly.noticeParts() else { return [] }
        defer { parts.transport.close() }
        switch parts.transport.probe() {
        case .delivered: return [.ok(key, "\(what) answers, and nothing was sent")]
        case .unavailable(let reason), .refused(let reason), .deferred(let reason, _), .uncertain(let reason):
            return [
                .problem(
                    key, "\(what) takes no notices: \(reason)",
                    advice: "Start it, or correct its address, what it trusts and how it is logged in to", .surroundings
                )
            ]
        case .invalidAddress: return []
        }
    }
}
