import ArgumentParser
import ContactStore
import PostgresContactStore

/// Creates the worker's own tables in PostgreSQL, and brings them up to date.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Create or upgrade the worker's own tables in PostgreSQL.",
        discussion: """
            Of the configuration it reads `store` alone. It may be run at any time and by any number of processes at once, as \
            a role that may create the schema. The company's tables are left alone, unless --with-guard asks for triggers on \
            them, as their owner: these keep a protected contact clear whoever writes to it.
            """)

    @Flag(name: .long, help: "Print the SQL and run nothing.")
    var print = false

    @Flag(name: .long, help: "Install the guard: triggers on the company's tables that keep protected contacts clear.")
    var withGuard = false

    @Flag(name: .long, help: "Remove the guard.")
    var withoutGuard = false

    @Option(
        name: .long,
        help: ArgumentHelp("Print the privileges that the worker's role needs, and run nothing.", valueName: "role"))
    var grantsFor: String?

    @Flag(name: .long, help: "With --grants-for: the role runs the deletion worker, too.")
    var withDeletions = false

    @Flag(name: .long, help: "Print what rewrites the tables, so that cleared values are gone from their files.")
    var printMaintenance = false

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if withGuard, withoutGuard { throw ValidationError("--with-guard and --without-guard exclude each other") }
        if withDeletions, grantsFor == nil { throw ValidationError("--with-deletions goes with --grants-for") }
    }

    func run() throws {
        let settings = try options.store().postgres()
        if let grantsFor {
            let grants = Grants(map: settings.map, schema: settings.schema, deletes: withDeletions)
                .worker(role: grantsFor)
            return try StandardStreams.printResult(grants.joined(separator: "\n"))
        }
        if printMaintenance {
            let statements = Grants(map: settings.map, schema: settings.schema).maintenance
            return try StandardStreams.printResult(statements.joined(separator: "\n"))
        }
        do throws(StoreError) {
            try migrate(settings)
        } catch {
            throw CommandFailure(.unavailable, error.description)
        }
    }

    private func migrate(_ settings: PostgresContactStore.Settings) throws(StoreError) {
        let migrator = Migrator(target: settings.target, schema: settings.schema)
        if print {
            var script = migrator.script
            if withGuard { script += "\n" + (try Guard.script(settings)) }
            return tell(script)
        }
        let applied = try migrator.migrate()
        for migration in applied { tell("\(migration.version) \(migration.name): applied") }
        if applied.isEmpty { tell("schema \(settings.schema) is up to date") }
        if withGuard {
            try Guard.install(settings)
            tell("guard installed")
        }
        if withoutGuard {
            try Guard.remove(settings)
            tell("guard removed")
        }
    }

    private func tell(_ text: String) {
        try? StandardStreams.printResult(text)
    }
}
