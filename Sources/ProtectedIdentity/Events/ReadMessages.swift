/// Which messages a worker reads; whatever else it meets in its topic is set aside as `unknown-type`.
public enum ReadMessages: Sendable, Hashable {
    /// What registers say: ``StatusEvent``.
    case events
    /// Commands of these types.
    case commands(Set<CommandType>)

    /// Whether a CloudEvents type is one of them.
    func include(_ type: String) -> Bool {
        switch self {
        case .events: type == StatusEvent.type
        case .commands(let types): CommandType(rawValue: type).map(types.contains) ?? false
        }
    }
}
