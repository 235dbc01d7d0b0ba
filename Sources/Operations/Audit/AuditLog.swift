internal import Foundation
internal import Synchronization

/// Where it is written who has looked at what, before they see it: lines of JSON in a file that only grows.
public protocol AuditTrail: Sendable {
    /// Returns when the entries are on the disk. What they tell must not be done before.
    func record(_ entries: [AuditEntry]) throws(AuditFailure)
}

/// What was done, by whom and why; never what was seen.
public struct AuditEntry: Encodable, Sendable, Hashable {
    /// What is audited.
    public enum Action: String, Encodable, Sendable {
        /// A sealed record was opened and shown.
        case show = "quarantine.show"
        /// A sealed record was opened to see whose event it is.
        case list = "quarantine.list"
        /// A sealed record was opened to be put back.
        case redrive = "quarantine.redrive"
        /// An operator said of somebody that they are protected.
        case protect
        /// An operator said of somebody that they are not.
        case lift
    }

    /// What was done.
    public var action: Action
    /// When, in RFC 3339.
    public var at: String
    /// Who, by their own name.
    public var `operator`: String
    /// The user that the program ran as.
    public var user: String
    /// On which machine.
    public var host: String
    /// Why, in their words.
    public var reason: String?
    /// The record that was opened: `topic-partition@offset` of the original.
    public var coordinates: String?
    /// The event that was published.
    public var eventId: String?
    /// Whose contact.
    public var tenant: String?
    /// Which contact; a pseudonym where it holds a number.
    public var contactId: String?
    /// The keyed digest of the number, under the key's id: `k1:…`.
    public var numberDigest: String?

    /// An entry about nothing in particular yet.
    public init(_ action: Action, by person: Operator, at moment: String, reason: String?) {
        self.action = action
        at = moment
        self.operator = person.name
        user = person.user
        host = person.host
        self.reason = reason
    }
}

/// Who runs a command.
public struct Operator: Sendable, Hashable {
    /// Their own name: as said, else whoever has become another user with `sudo`, else the user.
    public let name: String
    /// The user that the program runs as.
    public let user: String
    /// The machine.
    public let host: String

    /// Who runs this process.
    ///
    /// - Parameter said: their name, where they tell it.
    public init(said: String?, environment: [String: String]) {
        user = getpwuid(geteuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "uid \(geteuid())"
        var bytes = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&bytes, bytes.count - 1) == 0
        host =
            isKnown ? String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : "unknown"
        self.name = said ?? environment["SUDO_USER"].flatMap { $0.isEmpty ? nil : $0 } ?? user
    }
}

/// Why the audit log could not be written. Nothing was opened or published.
public struct AuditFailure: Error, Hashable, Sendable {
    /// What kept it.
    public enum Cause: Hashable, Sendable {
        /// The file is missing and cannot be made, or may not be opened.
        case opening
        /// Others may read or write it.
        case permissions
        /// Writing or reaching the disk failed.
        case writing
    }

    /// What kept it.
    public let cause: Cause
    /// The file.
    public let path: String
    /// The system's words.
    public let reason: String

    /// What kept an audit log from being written.
    public init(cause: Cause, path: String, reason: String) {
        self.cause = cause
        self.path = path
        self.reason = reason
    }
}

/// An audit log in a file, readable by its owner alone.
public final class AuditLog: AuditTrail {
    /// The file.
    public let path: String
    private let descriptor: Mutex<Int32>

    /// Opens the log, and makes it where there is none.
    public init(path: String) throws(AuditFailure) {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(.opening, path) }
        self.descriptor = Mutex(descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw AuditFailure(cause: .opening, path: path, reason: "it is no file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw AuditFailure(cause: .permissions, path: path, reason: "others may read or write it")
        }
        // A file that was just made is not there after a crash before its folder is on the disk.
        let folder = open((path as NSString).deletingLastPathComponent.nonEmpty ?? ".", O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        defer { Foundation.close(folder) }
        fsync(folder)
    }

    deinit {
        descriptor.withLock { _ = Foundation.close($0) }
    }

    /// Appends a line for each entry and waits until they are on the disk.
    public func record(_ entries: [AuditEntry]) throws(AuditFailure) {
        guard !entries.isEmpty else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines = Data()
        for entry in entries {
            guard let line = try? encoder.encode(entry) else {
                throw AuditFailure(cause: .writing, path: path, reason: "an entry cannot be encoded")
            }
            lines.append(line)
            lines.append(0x0A)
        }
        let isWritten = descriptor.withLock { descriptor in
            lines.withUnsafeBytes { $0.writeAll(to: descriptor) } && fsync(descriptor) == 0
        }
        guard isWritten else { throw Self.failure(.writing, path) }
    }

    private static func failure(_ cause: AuditFailure.Cause, _ path: String) -> AuditFailure {
        AuditFailure(cause: cause, path: path, reason: String(cString: strerror(errno)))
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
