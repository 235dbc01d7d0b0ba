import ContactStore
import Foundation
import KafkaClient
import ProtectedIdentity

/// An outcome as a reader downstream understands it.
struct SaidOutcome {
    let event: String
    let outcome: String
    let tenant: String
    let contacts: [String]

    init?(_ record: OutgoingRecord) {
        guard
            let json = record.json, let event = json["event"] as? [String: Any], let id = event["id"] as? String,
            let outcome = json["outcome"] as? String, let tenant = json["tenant"] as? String,
            let contacts = json["contactIds"] as? [String]
        else { return nil }
        self.event = id
        self.outcome = outcome
        self.tenant = tenant
        self.contacts = contacts
    }
}

/// What a reader who drops what it has seen counts of each contact.
struct Tally {
    private struct Count {
        var redacted = 0
        var lifted = 0
        var notified = 0
        var cancelled = 0
    }

    private var counts: [String: Count] = [:]
    private var seen: Set<String> = []

    mutating func count(outcome record: OutgoingRecord) {
        guard let said = SaidOutcome(record), isNew(record) else { return }
        for contact in said.contacts {
            switch said.outcome {
            case "redacted": counts[contact, default: Count()].redacted += 1
            case "protection-lifted": counts[contact, default: Count()].lifted += 1
            default: break
            }
        }
    }

    mutating func count(command record: OutgoingRecord) {
        guard let contact = record.json?["contactId"] as? String, isNew(record) else { return }
        if record.topic.hasSuffix("notifications") {
            counts[contact, default: Count()].notified += 1
        } else {
            counts[contact, default: Count()].cancelled += 1
        }
    }

    /// Where what was said does not lead to what the registry holds. Ids are unique across tenants here.
    func contradictions(to contact: RegistryContact) -> [String] {
        let count = counts[contact.key.id.rawValue] ?? Count()
        var contradictions: [String] = []
        if count.redacted - count.lifted != (contact.isProtected ? 1 : 0) {
            contradictions.append("was redacted \(count.redacted) and lifted \(count.lifted) times")
        }
        let isScheduled = contact.deletionNotBefore != nil
        if count.notified - count.cancelled != (isScheduled ? 1 : 0) {
            contradictions.append("was notified \(count.notified) and spared \(count.cancelled) times")
        }
        if isScheduled != (contact.isProtected && contact.key.tenant == Feed.deletingTenant) {
            contradictions.append(isScheduled ? "is to be deleted" : "is not to be deleted")
        }
        return contradictions.map { "contact \(contact.key.id.rawValue) \($0)" }
    }

    private mutating func isNew(_ record: OutgoingRecord) -> Bool {
        let id = record.headers.first { $0.name == "ce_id" }?.value
        return seen.insert(id.map { String(decoding: $0, as: UTF8.self) } ?? "").inserted
    }
}

extension OutgoingRecord {
    fileprivate var json: [String: Any]? {
        value.flatMap { try? JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }
    }
}
