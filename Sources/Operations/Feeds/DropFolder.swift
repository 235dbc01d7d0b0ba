internal import Foundation

/// A folder into which files are dropped, and which they leave for `done/` or `failed/` with a report beside them.
public struct DropFolder: Sendable {
    /// Where a file goes.
    public enum Shelf: String, Sendable, CaseIterable {
        /// Every record was understood.
        case done
        /// Something was rejected, or could not be read.
        case failed
    }

    /// Names under which files are still being written.
    private static let unfinished = [".part", ".tmp", ".filepart", ".partial"]

    private let path: String

    /// The folder at a path; its shelves are made where they are missing, for their owner alone.
    ///
    /// - Throws: ``FeedFailure/folder(_:)``.
    public init(path: String) throws(FeedFailure) {
        self.path = path
        for shelf in Shelf.allCases {
            let folder = "\(path)/\(shelf.rawValue)"
            if mkdir(folder, 0o700) != 0, errno != EEXIST {
                throw .folder("\(ShownName.of(folder)): cannot be made (\(String(cString: strerror(errno))))")
            }
        }
    }

    /// The folder at a path, to be looked into and left as it is.
    public init(looking path: String) {
        self.path = path
    }

    /// The files that wait, in the order of their names. Hidden ones and those named as unfinished (`.part`, `.tmp`) are left:
    /// whoever writes into the folder gives a file its name when it is complete.
    ///
    /// - Throws: ``FeedFailure/folder(_:)``.
    public func waiting() throws(FeedFailure) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .folder("\(ShownName.of(path)): cannot be listed; is it a folder that this user may read?")
        }
        return names.sorted().filter { name in
            !name.hasPrefix(".") && !Self.unfinished.contains { name.hasSuffix($0) } && isFile("\(path)/\(name)")
        }
    }

    /// What lies in it and is never fed, by paths to be shown: folders other than the shelves, links that lead nowhere, pipes.
    public func others() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.sorted().filter { name in
            !name.hasPrefix(".") && Shelf(rawValue: name) == nil && !isFile("\(path)/\(name)")
        }.map { ShownName.of("\(path)/\($0)") }
    }

    /// A pipe is none: opening it would wait for whoever writes into it.
    private func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// A file of that name, its rejects beside the place that it is going to have.
    public func file(_ name: String) -> FeedFile {
        FeedFile(path: "\(path)/\(name)", rejects: "\(path)/\(Shelf.failed.rawValue)/\(freeName(name)).rejects.jsonl")
    }

    /// Moves a fed file to its shelf, and lays its report beside it. Does neither where somebody else has fed it meanwhile.
    ///
    /// - Throws: ``FeedFailure/folder(_:)``.
    public func put(_ name: String, report: FeedReport) throws(FeedFailure) {
        let shelf: Shelf = report.isClean ? .done : .failed
        let place = "\(path)/\(shelf.rawValue)/\(freeName(name))"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(report) + Data("\n".utf8) else { return }
        // It gets its name when the file has moved: whoever comes too late takes no other's report away.
        let unnamed = "\(path)/\(shelf.rawValue)/.report-\(getpid())"
        try write(json, to: unnamed)
        guard rename("\(path)/\(name)", place) == 0 else {
            let code = errno
            unlink(unnamed)
            if code == ENOENT { return }
            errno = code
            throw failure("\(path)/\(name)", "cannot be moved to \(ShownName.of(place))")
        }
        guard rename(unnamed, "\(place).report.json") == 0 else {
            throw failure("\(place).report.json", "cannot be written")
        }
    }

    private func write(_ json: Data, to file: String) throws(FeedFailure) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(file, "cannot be written") }
        defer { close(descriptor) }
        guard json.withUnsafeBytes({ $0.writeAll(to: descriptor) }) else { throw failure(file, "cannot be written") }
    }

    /// The name, with a number behind it where files of that name were fed before: none takes another's place.
    private func freeName(_ name: String) -> String {
        func isTaken(_ name: String) -> Bool {
            Shelf.allCases.contains { FileManager.default.fileExists(atPath: "\(path)/\($0.rawValue)/\(name)") }
        }
        guard isTaken(name) else { return name }
        var number = 2
        while isTaken("\(name).\(number)") { number += 1 }
        return "\(name).\(number)"
    }

    private func failure(_ path: String, _ what: String) -> FeedFailure {
        .folder("\(ShownName.of(path)): \(what) (\(String(cString: strerror(errno))))")
    }
}
