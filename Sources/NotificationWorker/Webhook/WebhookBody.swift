private import Foundation
internal import ProtectedIdentity

/// What the receiver of a webhook gets: a company's own mail system, which knows its contacts. No address, unless it is asked for.
struct WebhookBody: Encodable {
    let type: String
    let tenant: String
    let contactId: String
    let language: String
    let termsUrl: String
    let supportContact: String
    let deletionNotBefore: String
    let subject: String
    let text: String
    let html: String
    let email: String?

    init(_ notice: OutgoingNotice, withAddress: Bool) {
        let delivery = notice.delivery
        type = delivery.template
        tenant = delivery.notice.contact.tenant.rawValue
        contactId = delivery.notice.contact.id.rawValue
        language = delivery.language
        termsUrl = delivery.termsUrl
        supportContact = delivery.supportContact
        deletionNotBefore = delivery.notice.deletionNotBefore.description
        subject = notice.rendered.subject
        text = notice.rendered.text
        html = notice.rendered.html
        email = withAddress ? delivery.email?.reveal() : nil
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
