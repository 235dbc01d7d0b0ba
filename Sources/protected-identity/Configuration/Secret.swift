/// A value of the configuration that is never printed, logged or dumped. ``reveal()`` is the one way to it.
struct Secret: Sendable, Equatable {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// The value itself, for the code that parses or uses it.
    func reveal() -> String { text }

    /// What stands for any secret, whatever its length.
    static let mask = "********"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { Self.mask }
    var debugDescription: String { Self.mask }
    /// Without children: `dump` and string interpolation of whatever holds a secret find nothing.
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
