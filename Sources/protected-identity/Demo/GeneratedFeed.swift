import ContactStore
import Foundation
import KafkaClient
import ProtectedIdentity

/// Any number of people and events, for watching the worker under load.
///
/// The numbers are of people born from 1800 to 1859: right in form, and of nobody who ever had one, since numbers were
/// first given out in 1947.
struct GeneratedFeed {
    let tenants: [TenantName]
    let people: Int

    /// The contacts of the people from `first` on, at most `count`.
    func contacts(from first: Int, count: Int) -> [RegistryContact] {
        (first..<min(first + count, people)).compactMap { index in
            guard let id = ContactID(rawValue: "generated-\(index)") else { return nil }
            var details = RegistryContact.Details()
            details.number = Sensitive(Self.number(of: index))
            details.firstName = Sensitive("First \(index)")
            details.lastName = Sensitive("Last \(index)")
            details.street = Sensitive("Street \(index)")
            details.postalCode = Sensitive("000 00")
            details.city = Sensitive("Nowhere")
            details.email = Sensitive("generated-\(index)@example.com")
            return RegistryContact(
                key: ContactKey(tenant: tenant(of: index), id: id), country: CountryCode(.sweden), details: details)
        }
    }

    /// The event number `index`: every person is said to be protected once, and now and then not any more.
    func event(_ index: Int, topic: String) -> OutgoingRecord {
        let person = index % people
        let isProtected = index < people || index.isMultiple(of: 2)
        let observedAt = Timestamp(milliseconds: 1_767_225_600_000 + Int64(index) * 1_000)
        let data = """
            {"tenant":"\(tenant(of: person).rawValue)","status":"\(isProtected ? "protected" : "not-protected")",\
            "origin":"monitoring","country":"SE","observedAt":"\(observedAt)",\
            "personalIdentityNumber":"\(Self.number(of: person))","registry":"SPAR"}
            """
        return OutgoingRecord(
            topic: topic, key: Array("person-\(person)".utf8), value: Array(data.utf8),
            headers: [
                RecordHeader("ce_specversion", "1.0"), RecordHeader("ce_id", "generated-event-\(index)"),
                RecordHeader("ce_source", "/demo/generated"), RecordHeader("ce_type", StatusEvent.type),
                RecordHeader("content-type", "application/json"),
            ])
    }

    private func tenant(of person: Int) -> TenantName {
        tenants[person % tenants.count]
    }

    private static func number(of index: Int) -> String {
        let serial = index % 999 + 1
        let day = index / 999 % 28 + 1
        let month = index / (999 * 28) % 12 + 1
        let year = index / (999 * 28 * 12) % 60
        func digits(_ value: Int, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
        }
        let short = digits(year, 2) + digits(month, 2) + digits(day, 2) + digits(serial, 3)
        let sum = short.utf8.enumerated().reduce(0) { sum, digit in
            let product = Int(digit.element - 0x30) * (digit.offset.isMultiple(of: 2) ? 2 : 1)
            return sum + (product > 9 ? product - 9 : product)
        }
        return "18\(short)\((10 - sum % 10) % 10)"
    }
}
