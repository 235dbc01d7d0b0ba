internal import Crypto
private import Foundation

/// A secret that webhooks are signed with.
public struct WebhookSecret: Sendable {
    private let key: SymmetricKey

    /// Reads `whsec_BASE64`, or Base64 alone; fails where it is neither, or where it has fewer than 24 bytes.
    public init?(_ text: String) {
        let base64 = text.hasPrefix("whsec_") ? String(text.dropFirst(6)) : text
        guard let data = Data(base64Encoded: base64), data.count >= 24 else { return nil }
        key = SymmetricKey(data: data)
    }

    /// `v1,BASE64`: HMAC-SHA-256 over `ID.TIMESTAMP.BODY`, as Standard Webhooks has it.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Data("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1," + Data(code.finalize()).base64EncodedString()
    }
}

extension WebhookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder.
    public var description: String { "‹secret›" }

    /// A placeholder.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
