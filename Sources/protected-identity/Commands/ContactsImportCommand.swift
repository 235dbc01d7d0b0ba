import ArgumentParser
import Foundation
import SQLiteContactStore

/// Fills the embedded registry from a CSV file.
struct ContactsImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import contacts from a CSV file: all of them, or none.",
        discussion: """
            UTF-8 with commas (RFC 4180). The first line names the columns, in any order: contact_id, tenant and country \
            are required; number, first_name, last_name, care_of, street, postal_code, city, email and phone may follow. \
            An empty field is no value. Of the configuration it reads `store` alone. The worker must not be running.
            """)

    @Argument(help: "The file; - reads standard input.", completion: .file(extensions: ["csv"]))
    var file: String

    @Flag(
        name: .long,
        help: "Contacts that are in the registry take the file's details; those with a protected identity never do.")
    var replace = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = try importContacts(into: options.store())
        switch output.output {
        case .table:
            try StandardStreams.printResult(
                "\(report.inserted) new, \(report.replaced) replaced, \(report.unchanged) unchanged")
            if report.openCenturies > 0 { StandardStreams.printMessage(Self.warning(of: report)) }
        case .json:
            try StandardStreams.printJSON(ImportCounts(report))
        }
    }

    /// Short numbers that may be two people's: imported, and of little use until somebody adds the century.
    private static func warning(of report: CSVImportReport) -> String {
        let lines = report.openCenturyLines.map(String.init).joined(separator: ", ")
        let more = report.openCenturies > report.openCenturyLines.count ? ", …" : ""
        return """
            warning: \(counted(report.openCenturies, "short number")) may be that of somebody a hundred years older or \
            younger (line \(lines)\(more)). An event for either of them is set aside as ambiguous-match: write the number \
            with its century
            """
    }

    private func importContacts(into configuration: StoreConfiguration) throws(CommandFailure) -> CSVImportReport {
        let (path, name) = file == "-" ? ("/dev/stdin", "standard input") : (file, file)
        // Before a registry is created for nothing.
        guard access(path, R_OK) == 0 else {
            throw CommandFailure(
                .noInput, "nothing was imported: \(name): cannot be read (\(String(cString: strerror(errno))))")
        }
        let registry = try configuration.embeddedPath()
        let store = try StoreConfiguration.openEmbedded(registry)
        defer { store.close() }
        for warning in store.warnings { StandardStreams.printMessage("warning: \(warning)") }
        do {
            return try store.importContacts(csv: path, replacingExisting: replace, now: WallClock.now())
        } catch {
            throw failure(error, from: name, path: registry)
        }
    }

    private func failure(_ error: CSVImportError, from name: String, path: String) -> CommandFailure {
        switch error {
        case .rows(let problems, let count):
            let more = count > problems.count ? ["  and \(count - problems.count) more"] : []
            let lines = problems.map { "  \(name), \($0)" } + more
            return CommandFailure(
                .data,
                "nothing was imported: \(counted(count, "problem"))\n" + lines.joined(separator: "\n"))
        case .file(let text):
            return CommandFailure(.noInput, "nothing was imported: \(text)")
        case .store(let error):
            return CommandFailure(store: error, path: path)
        }
    }
}

/// What an import did, for scripts.
private struct ImportCounts: Encodable {
    let inserted: Int
    let replaced: Int
    let unchanged: Int
    let ambiguousShortNumbers: Int

    init(_ report: CSVImportReport) {
        inserted = report.inserted
        replaced = report.replaced
        unchanged = report.unchanged
        ambiguousShortNumbers = report.openCenturies
    }
}
