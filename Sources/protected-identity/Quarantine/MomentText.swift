import ProtectedIdentity

/// A moment on the command line: RFC 3339, or how long ago.
enum MomentText {
    /// The form, for messages.
    static let form = "a time like 2026-11-23T09:30:00Z, or how long ago, like 90m or 2d"

    /// The moment that a text says; nil for any other text.
    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        if let ago = DurationText.parse(text) { return now.adding(.zero - ago) }
        return Timestamp(rfc3339: text)
    }
}
