import Foundation
import ProtectedIdentity
import Testing

@testable import PostgresContactStore

@Suite("A connection's target")
struct ConnectionTargetTests {
    @Test(
        "is shown without any password",
        arguments: [
            ("postgres://u:secret@h:5432/d", "postgres://u:***@h:5432/d"),
            ("postgres://u:se?cret@h:5432/d", "postgres://u:***@h:5432/d"),
            ("postgresql://u:s%3Aecret@h1,h2:5433/d?sslmode=require", "postgres://u:***@h1,h2:5433/d?sslmode=require"),
            ("postgres:///d?host=/run/postgresql&password=secret", "postgres://:***@/d?host=/run/postgresql"),
            ("postgres:///d?host=/run/postgresql&pass%77ord=secret", "postgres://:***@/d?host=/run/postgresql"),
            ("postgres://h/d?user=u&sslpassword=secret", "postgres://u@h/d?sslpassword=***"),
            ("postgres://u@h/d", "postgres://u@h/d"), ("postgres://[::1]:5432/d", "postgres://[::1]:5432/d"),
        ])
    func isMasked(uri: String, shown: String) throws {
        #expect(try ConnectionTarget(uri: uri).masked == shown)
    }

    @Test(
        "is refused where libpq cannot read it",
        arguments: [
            "postgres://h:port:x/d?nonsense", "postgres://u:se/cret@h/d", "postgres://u:se@cret@h/d", "mysql://h/d",
            "host=h", "postgres://h/d?no_such_parameter=1",
        ])
    func isRefused(uri: String) {
        #expect(throws: ConnectionTarget.InvalidURI.self) { try ConnectionTarget(uri: uri) }
    }
}

@Suite("A connection", .enabled(if: TestServer.url != nil, TestServer.missing))
struct ConnectionTests {
    private func connect() throws -> PostgresConnection {
        try PostgresConnection.open(try TestServer.target(), deadline: .seconds(10))
    }

    @Test("runs many statements in one round trip, larger than any buffer, and prepares each text once")
    func pipelines() throws {
        var connection = try connect()
        var large = ArrayParameter(.bytes)
        for _ in 0..<200 { large.append(Array(repeating: 7, count: 50_000)) }
        let statement = Statement("SELECT x FROM unnest($1::bytea[]) AS x", arrays: [large])
        for _ in 1...2 {
            let results = try connection.run([statement, Statement("SELECT 1"), statement], deadline: .seconds(60))
            #expect(results.map(\.rows.count) == [200, 1, 200])
            #expect(results[2].bytes(199, 0).count == 50_000)
        }
        let roundTrips = connection.roundTrips
        #expect(roundTrips == 2)
        let names = try connection.run(
            [Statement("SELECT count(*) FROM pg_prepared_statements")], deadline: .seconds(5))
        #expect(names[0].integer(0, 0) == 3)
    }

    @Test("does not ask where there is nothing to ask for")
    func sparesIdleStatements() throws {
        var connection = try connect()
        let idle = Statement("SELECT 1/0 FROM unnest($1::text[])", arrays: [ArrayParameter(.text)])
        let results = try connection.run([idle, Statement("SELECT 1"), idle], deadline: .seconds(5))
        #expect(results.map(\.rows.count) == [0, 1, 0])
        #expect(try connection.run([idle], deadline: .seconds(5)).map(\.rows.count) == [0])
        let roundTrips = connection.roundTrips
        #expect(roundTrips == 1)
    }

    @Test("is of use again after a statement that failed, and rolls back what was open")
    func goesOnAfterErrors() throws {
        var connection = try connect()
        let error = #expect(throws: PostgresError.self) {
            try connection.run(
                ["BEGIN", "CREATE TEMPORARY TABLE t (a int)", "SELECT 1/0", "COMMIT"].map { Statement($0) },
                deadline: .seconds(5))
        }
        #expect(error?.state?.code == "22012")
        _ = try connection.run([Statement("ROLLBACK")], deadline: .seconds(5))
        #expect(throws: PostgresError.self) {
            try connection.run([Statement("SELECT * FROM t")], deadline: .seconds(5))
        }
        #expect(try connection.run([Statement("SELECT 2")], deadline: .seconds(5))[0].integer(0, 0) == 2)
    }

    @Test("is given up at its deadline, and the statement is cancelled on the server")
    func keepsDeadlines() throws {
        var connection = try connect()
        let pid = try connection.run([Statement("SELECT pg_backend_pid()")], deadline: .seconds(5))[0].integer(0, 0)
        let error = #expect(throws: PostgresError.self) {
            try connection.run([Statement("SELECT pg_sleep(60)")], deadline: .milliseconds(100))
        }
        #expect(error?.kind == .deadline)
        let isUsable = connection.isUsable
        #expect(!isUsable)
        try waitUntil {
            let query = Statement(
                "SELECT 1 FROM pg_stat_activity WHERE pid = $1::bigint AND state = 'active'", [.integer(pid)])
            return try TestServer.run([query])[0].rows.isEmpty
        }
    }

    @Test(
        "a server that stands still does not hold a caller beyond its deadline",
        .enabled(if: TestServer.folder != nil, "the server is not ours to stop"))
    func outlivesTheServer() throws {
        var connection = try connect()
        let pid = try connection.run([Statement("SELECT pg_backend_pid()")], deadline: .seconds(5))[0].integer(0, 0)
        kill(pid_t(pid), SIGSTOP)
        defer { kill(pid_t(pid), SIGCONT) }
        let begin = ContinuousClock.now
        let error = #expect(throws: PostgresError.self) {
            try connection.run([Statement("SELECT 1")], deadline: .milliseconds(200))
        }
        #expect(error?.kind == .deadline)
        #expect(ContinuousClock.now - begin < .seconds(5))
    }

    @Test("a session that the server ends is noticed")
    func noticesItsEnd() throws {
        var connection = try connect()
        let pid = try connection.run([Statement("SELECT pg_backend_pid()")], deadline: .seconds(5))[0].integer(0, 0)
        _ = try TestServer.run([Statement("SELECT pg_terminate_backend($1::bigint::int, 5000)", [.integer(pid)])])
        let error = #expect(throws: PostgresError.self) {
            try connection.run([Statement("SELECT 1")], deadline: .seconds(5))
        }
        #expect(error?.kind == .lost)
        let isUsable = connection.isUsable
        #expect(!isUsable)
    }

    @Test("values survive the way there and back in binary form")
    func codesValues() throws {
        var connection = try connect()
        var (texts, times) = (ArrayParameter(.text), ArrayParameter(.timestamp))
        let samples = ["", "å\u{301}\t\u{1F511}'\"\\", String(repeating: "x", count: 100_000)]
        for sample in samples { texts.append(sample) }
        texts.appendNull()
        let moments: [Int64] = [0, 1, -1, 1_795_426_200_123_456, -62_167_219_200_000_000, .min, .max]
        for moment in moments { times.append(.init(microseconds: moment)) }
        let results = try connection.run(
            [
                Statement("SELECT * FROM unnest($1::text[])", arrays: [texts]),
                Statement("SELECT * FROM unnest($1::timestamptz[])", arrays: [times]),
                Statement("SELECT count(*) FROM unnest($1::uuid[])", [ArrayParameter(.uuid).parameter]),
            ], deadline: .seconds(5))
        #expect(results[0].rows.map { results[0].text($0, 0) } == samples + [nil])
        #expect(
            results[1].rows.prefix(5).map { results[1].timestamp($0, 0)?.microseconds } == moments.prefix(5).map { $0 })
        #expect(results[2].integer(0, 0) == 0)
    }
}
