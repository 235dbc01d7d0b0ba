import ArgumentParser
import Foundation
import Operations
import ProtectedIdentity

/// Who is written down, and where.
struct AuditOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The file in which it is written down, not audit.log of the configuration.", valueName: "file"),
        completion: .file())
    var auditLog: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Who you are; by default SUDO_USER, else the user of this process.", valueName: "name"))
    var `operator`: String?

    func validate() throws {
        try Self.refuseNumber(in: `operator`, "--operator")
    }

    /// Refuses what would be written down in clear and holds a number, or what may be one.
    static func refuseNumber(in text: String?, _ option: String) throws(ValidationError) {
        let traces = NumberTraces(suspectingAnyNumberOn: WallClock.now().date)
        guard let text, traces.areIn(text) else { return }
        throw ValidationError(
            "\(option) is written down in clear and must not hold a personal identity number, nor digits that may be one; "
                + "nothing was done")
    }

    /// Opens the log.
    ///
    /// - Parameter configured: what the configuration names.
    func trail(configured: String?) throws(CommandFailure) -> AuditLog {
        guard let path = auditLog ?? configured else {
            throw CommandFailure(
                .configuration,
                "nothing says where it is written down who does this: set audit.log, or give --audit-log FILE")
        }
        do throws(AuditFailure) {
            return try AuditLog(path: path)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Who runs this process.
    var person: Operator {
        Operator(said: `operator`, environment: ProcessInfo.processInfo.environment)
    }

    /// What makes lines of the log, but for what they are about.
    func entry(_ action: AuditEntry.Action, reason: String?) -> @Sendable () -> AuditEntry {
        let person = person
        return { AuditEntry(action, by: person, at: WallClock.now().description, reason: reason) }
    }
}

extension CommandFailure {
    init(_ failure: AuditFailure) {
        switch failure.cause {
        case .opening:
            self.init(
                .cannotCreate,
                "audit log \(failure.path): cannot be opened (\(failure.reason)); nothing was done. Name a file that this user "
                    + "may append to with audit.log or --audit-log")
        case .permissions:
            self.init(
                .noPermission,
                "audit log \(failure.path): others than its owner may read or write it; nothing was done. Run: chmod 600"
            )
        case .writing:
            self.init(
                .inputOutput,
                "audit log \(failure.path): cannot be written (\(failure.reason)); what it does not hold was not done. Make "
                    + "room and run the command again")
        }
    }
}
