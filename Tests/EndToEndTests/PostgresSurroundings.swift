import Foundation
import Testing

/// A company's tables in PostgreSQL, the worker's own beside them, and the configuration that leads a worker there. The
/// server is the one that `scripts/test` has started, or one that was named.
final class PostgresSurroundings {
    static let url = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"]
    /// The server's folder, where `scripts/postgres` has started it and can restart it.
    static let folder = ProcessInfo.processInfo.environment["TEST_POSTGRES_FOLDER"]
    static let missing: Comment = "no PostgreSQL: TEST_POSTGRES_URL is not set (make test starts one)"

    let base: Surroundings
    let company: String
    let application: String
    private let configuration: URL

    /// - Parameter partitions: of the events topic.
    init(partitions: Int, writtenPartitions: Int = 1, roundTrip: Int = 0) async throws {
        base = try await Surroundings(
            partitions: partitions, writtenPartitions: writtenPartitions, roundTrip: roundTrip)
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        company = "company_\(suffix)"
        application = "workers-\(suffix)"
        configuration = base.folder.appending(path: "worker.yaml")
        try Data(
            """
            store:
              schema: worker_\(suffix)
              contacts:
                table: \(company).customer
                key: customer_id
                tenant: {value: nordic-sport}
                country: {value: SE}
                number: {column: national_id, forms: [YYYYMMDDNNNN, YYMMDD-NNNN]}
                flag: {column: protected_identity}
                clear: {last_name: name, street: address}
                tables:
                  deliveries: {table: \(company).delivery, contact: customer_id, clear: {street: address}}
            """.utf8
        ).write(to: configuration)
        try sql(
            """
            CREATE SCHEMA \(company);
            CREATE TABLE \(company).customer (customer_id bigint PRIMARY KEY, national_id text, last_name text,
                street text, city text DEFAULT 'kept', protected_identity boolean NOT NULL DEFAULT false);
            CREATE INDEX ON \(company).customer (national_id);
            CREATE TABLE \(company).delivery (id bigint GENERATED ALWAYS AS IDENTITY, customer_id bigint NOT NULL
                REFERENCES \(company).customer, street text);
            CREATE INDEX ON \(company).delivery (customer_id);
            """)
    }

    deinit {
        _ = try? sql("DROP SCHEMA \(company) CASCADE; DROP SCHEMA IF EXISTS \(own) CASCADE")
    }

    /// The schema of the worker's own tables.
    var own: String { company.replacing("company", with: "worker") }

    private var storeURL: String { "\(Self.url ?? "")?application_name=\(application)" }

    func migrate() async throws -> Int32? {
        let program = try RunningProgram(
            "protected-identity", ["migrate", "--config", configuration.path], environment: ["STORE_URL": storeURL],
            folder: base.folder)
        return try await program.exitCode()
    }

    func startWorker(_ changes: [String: String] = [:]) throws -> RunningProgram {
        try start(["run"], changes)
    }

    func start(_ arguments: [String], _ changes: [String: String] = [:]) throws -> RunningProgram {
        let environment = base.environment.merging(["STORE_URL": storeURL, "LOG_LEVEL": "info"]) { $1 }
        return try RunningProgram(
            "protected-identity", arguments + ["--config", configuration.path],
            environment: environment.merging(changes) { $1 }, folder: base.folder)
    }

    /// Runs SQL as the company's own administrator would, and returns what psql prints of it: a line a row.
    @discardableResult
    func sql(_ text: String) throws -> [String] {
        try run("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-", Self.url ?? ""], input: text)
    }

    /// Stops and starts the server, as an upgrade or a crash would.
    func restartServer() throws {
        try run("scripts/postgres", ["restart", Self.folder ?? "", "immediate"])
    }

    /// Runs a program to its end. Files, not pipes: a server that it starts would hold a pipe open.
    @discardableResult
    private func run(_ program: String, _ arguments: [String], input: String = "") throws -> [String] {
        let files = ["in", "out"].map { base.folder.appending(path: "\(UUID().uuidString).\($0)") }
        try Data(input.utf8).write(to: files[0])
        try Data().write(to: files[1])
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        try process.run()
        let deadline = ContinuousClock.now + .seconds(60)
        while process.isRunning, ContinuousClock.now < deadline { usleep(2_000) }
        try #require(!process.isRunning, "\(program) does not end")
        try #require(process.terminationStatus == 0, "\(program) ended with \(process.terminationStatus)")
        return try String(contentsOf: files[1], encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
