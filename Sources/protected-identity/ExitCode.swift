/// How the program ends, for scripts and service managers: the codes of BSD's `sysexits.h`, and 1.
enum ExitCode: Int32, Sendable, CaseIterable {
    /// Everything was done, or a signal asked to stop and the worker drained.
    case success = 0
    /// What was asked about is beyond a limit: `status --max-lag`, `--max-age`, records that the registry knows nothing of.
    case exceeded = 1
    /// The command line was wrong.
    case usage = 64
    /// What was read was wrong: a row of a CSV file, a record of a register's file, an event given by hand.
    case data = 65
    /// A file to be read does not exist or cannot be read.
    case noInput = 66
    /// The broker or the store cannot be reached.
    case unavailable = 69
    /// A defect of this program.
    case software = 70
    /// A file or a database cannot be created.
    case cannotCreate = 73
    /// Reading or writing failed half-way.
    case inputOutput = 74
    /// Another time it may work: somebody else holds the store, or another instance has our identity.
    case temporary = 75
    /// The system, the broker or the database refuses the permission.
    case noPermission = 77
    /// The configuration is wrong.
    case configuration = 78

    /// When the program ends so, in a few words, for the documentation.
    var meaning: String {
        switch self {
        case .success: "done, or stopped and drained"
        case .exceeded: "`status` has found more than `--max-lag` or `--max-age` allows, or a gap"
        case .usage: "wrong command line"
        case .data:
            "wrong input, such as a row of a CSV file, or records that stay in the quarantine"
        case .noInput: "a file to read is missing or unreadable"
        case .unavailable: "broker or store unreachable"
        case .software: "a defect of this program"
        case .cannotCreate: "a file or database cannot be created"
        case .inputOutput: "reading or writing failed half-way"
        case .temporary: "try again: the store is in use, or another instance has our identity"
        case .noPermission: "permission refused"
        case .configuration: "wrong configuration"
        }
    }
}
