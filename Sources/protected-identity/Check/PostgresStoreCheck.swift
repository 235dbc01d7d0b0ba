import ContactStore
import PostgresContactStore
import ProtectedIdentity

/// Looks at a registry in PostgreSQL, beside workers that may be running, and changes nothing.
struct PostgresStoreCheck {
    let settings: PostgresContactStore.Settings
    let keyring: DigestKeyring

    private static let key = "store.url"

    func findings() -> [Finding] {
        let inspection: PostgresContactInspection
        do throws(StoreError) {
            inspection = try PostgresContactInspection(settings)
        } catch {
            return [
                .problem(
                    Self.key, error.description,
                    advice: "Start the server, or correct store.url and what the role may do",
                    .surroundings)
            ]
        }
        return [connection(inspection)] + layout(inspection) + inspection.findings.map(finding) + [guarding(inspection)]
            + DigestKeyCheck(keyring: keyring).findings(inspection.digestKeyUse)
    }

    private func connection(_ inspection: PostgresContactInspection) -> Finding {
        inspection.isEncrypted
            ? .ok(Self.key, "\(inspection.server), encrypted")
            : .warning(
                Self.key, "\(inspection.server), not encrypted",
                advice:
                    "Numbers travel over it: add sslmode=verify-full, unless it is a socket or the loopback interface")
    }

    private func layout(_ inspection: PostgresContactInspection) -> [Finding] {
        switch inspection.layout {
        case .success(let version):
            let slices = inspection.unpublished.map { "; \(counted($0, "slice")) not known to be published" } ?? ""
            return [.ok("store.schema", "\(settings.schema): version \(version)\(slices)")]
        case .failure(let error):
            return [
                .problem("store.schema", error.description, advice: "Run: protected-identity migrate", .surroundings)
            ]
        }
    }

    private func finding(_ problem: MapProblem) -> Finding {
        problem.isWarning
            ? .warning(problem.key, problem.problem, advice: problem.advice)
            : .problem(problem.key, problem.problem, advice: problem.advice, .configuration)
    }

    private func guarding(_ inspection: PostgresContactInspection) -> Finding {
        .ok(
            MapProblem.root,
            inspection.isGuarded
                ? "the guard keeps protected contacts clear"
                : "no guard: other programs may fill protected contacts again (migrate --with-guard)")
    }
}
