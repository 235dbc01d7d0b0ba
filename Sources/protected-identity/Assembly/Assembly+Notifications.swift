import NotificationWorker
import PostgresContactStore
import ProtectedIdentity

/// What the notification worker needs besides.
struct NoticeParts: Sendable {
    let templates: NoticeTemplates
    let transport: any NoticeTransport
}

extension Assembly {
    /// The way to people, and what is written to them; nothing is connected yet.
    ///
    /// - Throws: that there is none.
    func noticeParts() throws(ConfigurationProblems) -> NoticeParts {
        guard let templates, let transport = makeTransport() else {
            throw ConfigurationProblems(problems: [
                ConfigurationProblem(
                    key: "notifications.transport", origin: .unset, problem: "is required for the notification worker",
                    advice: "Write smtp or webhook")
            ])
        }
        return NoticeParts(templates: templates, transport: transport)
    }

    /// How notices go out.
    var notificationSettings: NotificationSettings {
        let notifications = configuration.notifications
        return NotificationSettings(
            concurrency: notifications.concurrency, rate: notifications.rate, retryFor: notifications.retryFor)
    }

    private func makeTransport() -> (any NoticeTransport)? {
        let timeout = configuration.notifications.timeout
        switch configuration.notifications.transport {
        case nil: return nil
        case .smtp(let smtp):
            let login = smtp.username.map { user in
                SMTPSettings.Login(user: user, password: Sensitive(smtp.password?.reveal() ?? ""))
            }
            return SMTPTransport(
                SMTPSettings(
                    url: smtp.url, security: smtp.startTLS, certificateFile: smtp.certificateFile, login: login,
                    from: smtp.from, replyTo: smtp.replyTo, timeout: timeout))
        case .webhook(let webhook):
            return WebhookTransport(
                WebhookSettings(
                    url: webhook.url, secrets: webhook.secrets.compactMap { WebhookSecret($0.reveal()) },
                    includesAddress: webhook.includesEmail, timeout: timeout))
        }
    }
}

extension AssemblyParsing {
    /// The templates that the tenants need; nil where nobody is told, or where one cannot be used, which is noted.
    mutating func templates(_ configuration: WorkerConfiguration?) -> NoticeTemplates? {
        guard let configuration, configuration.notifications.transport != nil else { return nil }
        if configuration.notifications.needsAddress, case .postgres(let settings) = configuration.store.location,
            settings.map.email == nil
        {
            note("store.contacts.email", "is required where notices go by e-mail", "Name the column with the address")
        }
        var tenants: [String?: String] = [:]
        for (name, tenant) in configuration.tenants.named where tenant.policy == .delete {
            tenants[name] = tenant.language
        }
        if let others = configuration.tenants.others, others.policy == .delete { tenants[nil] = others.language }
        switch NoticeTemplates.load(folder: configuration.notifications.templates, tenants: tenants) {
        case .success(let templates): return templates
        case .failure(let found):
            for problem in found.problems {
                note(
                    problem.tenant.map { "tenants.\($0).language" } ?? "notifications.templates", problem.problem,
                    problem.advice)
            }
            return nil
        }
    }
}
