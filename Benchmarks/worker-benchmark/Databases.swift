import BenchmarkSupport
import Foundation
import PostgresContactStore

/// Databases of one server, copied from a prepared one for each measurement, so that each meets fresh tables.
final class Databases {
    private let url: String
    private var prepared: Set<Int> = []
    private var count = 0
    /// The server's first process, where it is on this machine.
    let postmaster: Int32?

    init(url: String) throws {
        self.url = url
        let folder = try Commands.ask(url, "SHOW data_directory")
        let file = try? String(contentsOfFile: folder + "/postmaster.pid", encoding: .utf8)
        postmaster = file.flatMap { $0.split(separator: "\n").first }.flatMap { Int32($0) }
    }

    var processorTime: Double? { postmaster.map { ProcessFigures.processorTime($0, withChildren: true) } }

    /// A new database with so many contacts; its URL.
    func make(contacts: Int) throws -> String {
        let template = "benchmark_\(contacts)"
        if prepared.insert(contacts).inserted {
            try Commands.psql(url, "DROP DATABASE IF EXISTS \(template)")
            try Commands.psql(url, "CREATE DATABASE \(template)")
            let database = url(of: template)
            try Commands.psql(database, CompanyTables.layout(people: contacts))
            guard let schema = SchemaName(CompanyTables.schema) else { throw BenchmarkError("no schema") }
            _ = try Migrator(target: try ConnectionTarget(uri: database), schema: schema).migrate()
            try Commands.psql(database, "VACUUM ANALYZE")
        }
        count += 1
        let name = "benchmark_run_\(count)"
        try Commands.psql(url, "DROP DATABASE IF EXISTS \(name)")
        try Commands.psql(url, "CREATE DATABASE \(name) TEMPLATE \(template) STRATEGY FILE_COPY")
        return url(of: name)
    }

    func remove(_ database: String) throws {
        let name = database.split(separator: "/").last.map(String.init) ?? ""
        try Commands.psql(url, "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try Commands.psql(url, "CHECKPOINT")
    }

    func setting(_ name: String) -> String { (try? Commands.ask(url, "SHOW \(name)")) ?? "unknown" }

    /// The store on one of the databases.
    static func store(_ database: String) throws -> PostgresContactStore {
        guard let schema = SchemaName(CompanyTables.schema) else { throw BenchmarkError("no schema") }
        return try PostgresContactStore(
            PostgresContactStore.Settings(
                target: try ConnectionTarget(uri: database), schema: schema, map: CompanyTables.map))
    }

    private func url(of database: String) -> String {
        (url.lastIndex(of: "/").map { String(url[...$0]) } ?? url) + database
    }
}
