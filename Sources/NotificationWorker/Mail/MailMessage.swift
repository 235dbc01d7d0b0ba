private import Foundation
internal import ProtectedIdentity

/// A message as RFC 5322 and MIME have it: two versions of one text, both in Base64, which no server on the way needs to touch.
struct MailMessage {
    let from: Mailbox
    let replyTo: Mailbox?
    let to: MailAddress
    /// Tells a copy from another message.
    let id: String
    let date: Timestamp
    let language: String
    let notice: RenderedNotice

    /// The message, with CRLF at the end of each line.
    var bytes: [UInt8] {
        let boundary = "=_\(id)"
        var lines = [
            "Date: \(Self.date(date))",
            "From: \(from.header)",
            "To: \(to.address)",
            "Message-ID: <\(id)@\(from.address.domain)>",
            "Subject: \(Self.encodedWords(notice.subject))",
            "MIME-Version: 1.0",
            "Auto-Submitted: auto-generated",
            "Content-Language: \(language)",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
        ]
        if let replyTo { lines.insert("Reply-To: \(replyTo.header)", at: 2) }
        for (type, text) in [("plain", notice.text), ("html", notice.html)] {
            lines += [
                "", "--\(boundary)", "Content-Type: text/\(type); charset=utf-8", "Content-Transfer-Encoding: base64",
                "",
            ]
            let data = Data(text.withCarriageReturns.utf8)
            lines.append(
                data.base64EncodedString(options: [
                    .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
                ]))
        }
        lines += ["", "--\(boundary)--", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// A text in a header, as RFC 2047 has it where it is not plain ASCII: words of 75 characters at most, a line each.
    static func encodedWords(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && !"\"<>@,:;()[]\\=?".utf8.contains($0) }
        guard !isPlain || text.utf8.count > 60 else { return text }
        var words: [String] = []
        var word: [UInt8] = []
        // 45 bytes are 60 characters of Base64; a character is never cut in two.
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > 45 {
                words.append(encodedWord(word))
                word = []
            }
            word += bytes
        }
        words.append(encodedWord(word))
        return words.joined(separator: "\r\n ")
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String {
        "=?utf-8?B?\(Data(bytes).base64EncodedString())?="
    }

    /// `Thu, 26 Nov 2026 09:30:00 +0000`
    private static func date(_ moment: Timestamp) -> String {
        let seconds = moment.milliseconds / 1_000
        let day = moment.date
        let (ofDay, weekday) = (seconds % 86_400, Int((seconds / 86_400 + 4) % 7))
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let time = [ofDay / 3_600, ofDay / 60 % 60, ofDay % 60].map(two).joined(separator: ":")
        return "\(weekdays[weekday]), \(day.day) \(months[day.month - 1]) \(day.year) \(time) +0000"
    }
}

extension String {
    /// With the line ends that mail has.
    fileprivate var withCarriageReturns: String {
        split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\r\n")
    }
}
