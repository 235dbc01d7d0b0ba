/// A value in a JSON text (RFC 8259): what it is, and where it stands. Nothing is made of it until somebody asks.
struct JSONValue: Sendable {
    enum Kind: Sendable {
        case null
        case string
        case array
        case object
        /// A number, `true` or `false`: checked for its form, and looked at no further.
        case other
    }

    let kind: Kind
    /// Of a string whether it is written with escapes.
    var hasEscapes = false
    /// Of a string what stands between its quotation marks, of anything else all of it.
    let range: Range<Int>
}
