private import Foundation
internal import ProtectedIdentity

/// The day from which on a contact may be deleted, as people write it.
enum NoticeDate {
    /// `24 december 2026`, `24. december 2026`, `24 December 2026`; in other languages `2026-12-24`.
    ///
    /// Sweden and Denmark have one time, and whoever reads the notice lives by it.
    static func text(_ moment: Timestamp, language: String) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Stockholm") ?? .gmt
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1_000)
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        guard let year = parts.year, let month = parts.month, let day = parts.day else {
            return moment.date.description
        }
        switch language {
        case "sv": return "\(day) \(months.swedish[month - 1]) \(year)"
        case "da": return "\(day). \(months.danish[month - 1]) \(year)"
        case "en": return "\(day) \(months.english[month - 1]) \(year)"
        default: return [year, month, day].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
        }
    }

    private static let months = (
        swedish: [
            "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
            "november",
            "december",
        ],
        danish: [
            "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november",
            "december",
        ],
        english: [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November",
            "December",
        ]
    )
}
