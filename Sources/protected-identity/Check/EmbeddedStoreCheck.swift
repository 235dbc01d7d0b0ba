import ContactStore
import Foundation
import ProtectedIdentity
import SQLiteContactStore

/// Looks into the embedded registry, beside a worker that may be running, and changes nothing.
struct EmbeddedStoreCheck {
    let path: String
    let keyring: DigestKeyring

    private static let key = "store.url"

    func findings() -> [Finding] {
        guard FileManager.default.fileExists(atPath: path) else { return [unborn] }
        let inspection: SQLiteContactInspection
        do throws(StoreError) {
            inspection = try SQLiteContactInspection(path: path)
        } catch {
            return [.problem(Self.key, error.description, advice: nil, .surroundings)]
        }
        return [content(inspection), integrity(inspection), access]
            + DigestKeyCheck(keyring: keyring).findings(inspection.digestKeyUse)
            + inspection.warnings.map { .warning(Self.key, $0) }
    }

    /// What is to be said of a registry that the first run will make.
    private var unborn: Finding {
        switch StoreFailureCause(path: path) {
        case .noFolder:
            .problem(Self.key, "\(path): the folder does not exist", advice: "Create it", .surroundings)
        case .noPermission:
            .problem(
                Self.key, "\(path): the folder may not be written", advice: "Give this user write access to it",
                .surroundings)
        case .inUse, .content:
            .ok(Self.key, "\(path) does not exist yet; `run` or `contacts import` creates it")
        }
    }

    private func content(_ inspection: SQLiteContactInspection) -> Finding {
        let counts = inspection.counts
        return .ok(
            Self.key,
            "\(path): layout \(inspection.layout); \(counted(counts.contacts, "contact")), \(counts.protected) protected; "
                + "\(counted(counts.events, "event")) remembered, "
                + "\(counted(counts.unpublished, "slice")) not known to be published")
    }

    private func integrity(_ inspection: SQLiteContactInspection) -> Finding {
        inspection.isIntact
            ? .ok(Self.key, "\(path): intact")
            : .problem(
                Self.key, "\(path): the database is damaged", advice: "Restore a backup, and replay the events since",
                .surroundings)
    }

    /// Whether a worker could write it.
    private var access: Finding {
        switch StoreFailureCause(path: path) {
        case .inUse: .ok(Self.key, "\(path): in use by a running worker")
        case .noFolder, .content: .ok(Self.key, "\(path): writable")
        case .noPermission:
            .problem(
                Self.key, "\(path): it or its folder may not be written",
                advice: "Give this user write access to both", .surroundings)
        }
    }
}
