internal import CSV
internal import ContactStore
internal import Foundation
internal import GRDB
public import ProtectedIdentity

/// What an import did.
public struct CSVImportReport: Hashable, Sendable {
    /// Contacts that are new.
    public internal(set) var inserted: Int
    /// Contacts that were there and now have the file's details.
    public internal(set) var replaced: Int
    /// Contacts that were there with just these details.
    public internal(set) var unchanged: Int
    /// How many have a short number that fits two centuries. An event for either person is set aside as
    /// `ambiguous-match` until the number is written with its century.
    public internal(set) var openCenturies = 0
    /// The lines of the first hundred of these.
    public internal(set) var openCenturyLines: [Int] = []

    /// A report of these counts.
    public init(inserted: Int = 0, replaced: Int = 0, unchanged: Int = 0) {
        self.inserted = inserted
        self.replaced = replaced
        self.unchanged = unchanged
    }
}

extension SQLiteContactStore {
    /// Imports contacts from a CSV file (RFC 4180, UTF-8): all of them, or none and every row that is wrong.
    ///
    /// The header names the columns, in any order: `contact_id`, `tenant`, `country` (required), `number`, `first_name`,
    /// `last_name`, `care_of`, `street`, `postal_code`, `city`, `email`, `phone`. An empty field is no value. A contact
    /// that carries the mark of a protected identity is never written to: what was cleared stays cleared.
    ///
    /// The file is read as a stream, in one transaction.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - replacingExisting: whether contacts that are in the registry take the details of the file; without it they are
    ///     an error.
    ///   - now: for the times of creation and change, and for the century of short numbers.
    public func importContacts(
        csv path: String, replacingExisting: Bool = false, now: Timestamp
    ) throws(CSVImportError) -> CSVImportReport {
        do {
            let file = try CSVFile(path: path)
            let report = try transaction { database in
                let entry = try ContactEntry(database: database, now: now, replacesExisting: replacingExisting)
                var run = CSVImportRun(entry: entry, today: now.date)
                return try run.read(file)
            }
            // The log has grown by the whole file, and holds what was replaced.
            truncation.request()
            if report.replaced > 0 { try compactIfWorthwhile() }
            return report
        } catch let error as CSVImportError {
            throw error
        } catch {
            throw .store(failure.describe(error))
        }
    }
}

/// One reading of one file into one transaction.
private struct CSVImportRun {
    /// More are counted but not kept.
    private static let keptProblems = 100

    let entry: ContactEntry
    let today: CalendarDate
    private var report = CSVImportReport()
    private var contacts: CSVContacts?
    private var problems: [CSVImportProblem] = []
    private var problemCount = 0

    init(entry: ContactEntry, today: CalendarDate) {
        self.entry = entry
        self.today = today
    }

    mutating func read(_ file: CSVFile) throws -> CSVImportReport {
        do {
            var parser = CSVParser()
            while let chunk = try file.next() { try parser.read(chunk) { try take($0) } }
            try parser.finish { try take($0) }
            if contacts == nil { throw CSVImportProblem(line: 1, reason: "the file is empty; a header is needed") }
        } catch let problem as CSVFormProblem {
            note([CSVImportProblem(line: problem.line, reason: problem.reason)])
        } catch let problem as CSVImportProblem {
            // What follows cannot be told apart into rows any more.
            note([problem])
        }
        guard problemCount == 0 else { throw CSVImportError.rows(problems, count: problemCount) }
        try entry.finish(count: report.inserted + report.replaced + report.unchanged)
        return report
    }

    private mutating func take(_ row: CSVRow) throws {
        guard let contacts else {
            contacts = try CSVContacts(header: row, today: today)
            return
        }
        switch contacts.contact(row) {
        case .failure(let wrong): note(wrong.all)
        case .success(let contact):
            if contacts.leavesCenturyOpen(contact) {
                report.openCenturies += 1
                if report.openCenturyLines.count < Self.keptProblems { report.openCenturyLines.append(row.line) }
            }
            try put(contact, row)
        }
    }

    private mutating func put(_ contact: RegistryContact, _ row: CSVRow) throws {
        func problem(_ reason: String) -> [CSVImportProblem] {
            [CSVImportProblem(line: row.line, column: "contact_id", reason: reason)]
        }
        switch try entry.put(contact) {
        case .inserted: report.inserted += 1
        case .replaced: report.replaced += 1
        case .unchanged: report.unchanged += 1
        case .exists: note(problem("is in the registry already; `--replace` takes the file's details"))
        case .isProtected: note(problem("has a protected identity; its details are not put back"))
        case .isRepeated: note(problem("occurs twice in the file"))
        }
    }

    private mutating func note(_ wrong: [CSVImportProblem]) {
        problemCount += wrong.count
        problems += wrong.prefix(max(0, Self.keptProblems - problems.count))
    }
}

/// A file read in chunks.
private final class CSVFile {
    private static let chunkBytes = 65_536

    private let path: String
    private let handle: FileHandle

    init(path: String) throws {
        self.path = path
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CSVImportError.file("\(path): cannot be read (\(String(cString: strerror(errno))))")
        }
        self.handle = handle
    }

    deinit {
        try? handle.close()
    }

    func next() throws -> Data? {
        do {
            guard let chunk = try handle.read(upToCount: Self.chunkBytes), !chunk.isEmpty else { return nil }
            return chunk
        } catch {
            throw CSVImportError.file("\(path): cannot be read to its end")
        }
    }
}
