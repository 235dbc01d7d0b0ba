/// A personal value that must not leave by accident.
///
/// Printing, interpolating, logging, dumping or mirroring one yields a placeholder. It is not `Encodable` on purpose: a
/// placeholder written into a store would be corruption. `reveal()` is the one way to the value, so that a search for
/// that name lists every place where a personal value is used.
public struct Sensitive<Value: Sendable>: Sendable {
    private let value: Value

    /// Wraps `value`; nothing is copied, checked or changed.
    public init(_ value: Value) {
        self.value = value
    }

    /// The value itself. Call it where the value is needed and nowhere earlier.
    public func reveal() -> Value { value }
}

extension Sensitive: Equatable where Value: Equatable {}
extension Sensitive: Hashable where Value: Hashable {}

extension Sensitive: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The placeholder, whatever the value is.
    public var description: String { "‹sensitive›" }

    /// The placeholder, whatever the value is.
    public var debugDescription: String { description }

    /// A mirror without children: `dump` and test frameworks walk mirrors.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
