internal import ContactStore

/// Turns what the server or the connection reports into what a worker can act on.
struct StoreFailure {
    let target: ConnectionTarget

    /// Runs `body`, whose errors become those of the port.
    func translating<Value: ~Copyable>(_ body: () throws(PostgresError) -> Value) throws(StoreError) -> Value {
        do throws(PostgresError) {
            return try body()
        } catch {
            throw describe(error)
        }
    }

    func describe(_ error: PostgresError) -> StoreError {
        let text = "\(target.masked): \(error)"
        StoreErrorCounter.count(error.countedAs)
        switch error.kind {
        case .unreachable, .lost, .deadline: return .transient(text)
        case .unexpected: return .unusable(text)
        case .server(let state): return describe(state, text)
        }
    }

    /// By SQLSTATE (PostgreSQL's documentation, appendix A).
    private func describe(_ state: SQLState, _ text: String) -> StoreError {
        switch state {
        case .readOnlyTransaction:
            return .transient(
                "\(text): the server is a read-only standby, or set so; name the primary, or add "
                    + "target_session_attrs=read-write to store.url. The worker goes on by itself when it may write")
        case .diskFull:
            return .transient("\(text): the server's disk is full; make room, the worker goes on by itself")
        case .insufficientPrivilege:
            return .unusable("\(text): a privilege is missing; `protected-identity check` names it with its GRANT")
        default: break
        }
        switch state.errorClass {
        // Connection, resources, an operator's intervention, a lock not gained, an aborted transaction, input and output,
        // a defect of the server: another try may do, and nobody's record is the cause.
        case "08", "40", "53", "55", "57", "58", "XX", "25": return .transient(text)
        // Tables, columns, functions, privileges, databases that are not as they should be.
        case "0A", "26", "28", "34", "3D", "3F", "42", "F0", "HV":
            return .unusable("\(text); `protected-identity check` looks at every table")
        // A value that the table does not take, a constraint, a trigger that raises a code of its own: it is this record's
        // doing.
        default: return .refused(text)
        }
    }
}

extension PostgresError {
    /// The class of its SQLSTATE; without one the connection is the cause, or we are.
    fileprivate var countedAs: String {
        switch kind {
        case .unreachable: "unreachable"
        case .lost: "lost"
        case .deadline: "deadline"
        case .unexpected: "unexpected"
        case .server(let state): String(state.errorClass)
        }
    }
}
