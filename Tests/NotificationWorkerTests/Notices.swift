import Foundation
import Testing

@testable import NotificationWorker
@testable import ProtectedIdentity

/// Notices to send, as tests want them.
enum Notices {
    /// 24 December 2026, in the morning.
    static let schedule = Timestamp(milliseconds: 1_798_102_800_000)
    static let now = Timestamp(milliseconds: 1_795_510_800_000)
    static let commandID = "7d1c2c0e-6a0a-5d0e-9a54-2f0f6f2f9b11"

    static func delivery(
        language: String = "sv", tenant: String = "nordic-sport", contact: String = "c-1",
        termsUrl: String = "https://example.com/terms", supportContact: String = "support@example.com",
        template: String = "deletion-notice", email: String? = "asa@example.com"
    ) throws -> NoticePlan.Delivery {
        NoticePlan.Delivery(
            notice: DeletionNotice(
                contact: ContactKey(
                    tenant: try #require(TenantName(rawValue: tenant)), id: try #require(ContactID(rawValue: contact))),
                deletionNotBefore: schedule),
            commandID: commandID, template: template, termsUrl: termsUrl, supportContact: supportContact,
            language: language, email: email.map { Sensitive($0) })
    }

    static func outgoing(_ email: String = "asa@example.com", contact: String = "c-1") throws -> OutgoingNotice {
        let delivery = try delivery(contact: contact, email: email)
        let templates = try NoticeTemplates.load(folder: nil, tenants: [String?.none: "sv"]).get()
        return OutgoingNotice(delivery: delivery, rendered: try #require(templates.render(delivery)), now: now)
    }
}
