import ContactStore
import ContactStoreConformance
import Foundation
import KafkaClient
import ProtectedIdentity
import Testing

@Suite("Registers' files as events", .fewAtOnce)
struct FeedTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "RegisterFeedsTests/Golden")
    private static let meaning = ["--tenant", "nordic-sport", "--origin", "monitoring", "--output", "json"]

    /// A CPR file of as many people, every one protected.
    private static func register(_ people: Int) -> Data {
        func padded(_ value: Int, _ width: Int) -> String {
            String(repeating: "0", count: width - "\(value)".count) + "\(value)"
        }
        let records = (0..<people).map { index in
            let (day, serial) = (index / 4_000 % 28 + 1, index % 4_000)
            return "004\(padded(day, 2))0151\(padded(serial, 4))00012026-11-10          \n"
        }
        return Data(("00012345620261120\n" + records.joined() + "99900000001\n").utf8)
    }

    private struct Report: Decodable {
        let read: Int
        let published: Int
        let nothingSaid: Int
        let rejected: Int
        let broken: Int
    }

    /// Feeds to the end of a command, and reads its report.
    private func feed(
        _ arguments: [String], in surroundings: Surroundings, input: String? = nil, exit expected: Int32 = 0
    ) async throws -> Report {
        let program = try surroundings.start(["feed"] + arguments + Self.meaning, ["LOG_LEVEL": "warning"])
        if let input { try program.send(input) }
        #expect(try await program.exitCode(within: 60) == expected, "\(program.standardError)")
        return try JSONDecoder().decode(Report.self, from: Data(program.standardOutput.utf8))
    }

    private func outcomes(_ surroundings: Surroundings) throws -> [String] {
        try surroundings.read(Surroundings.outcomes).compactMap { $0.text(of: "ce_type") }
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func mode(_ file: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
    }

    @Test("what is dropped into a folder is redacted, and a file that comes again adds no outcome")
    func dropFolder() async throws {
        let surroundings = try await Surroundings(partitions: 2)
        try surroundings.add([
            try Events.contact("c-1", number: "200001252386", text: "Kanarie"),
            try Events.contact("c-2", number: "19701063-2391", text: "Kanarie"),
            try Events.contact("c-3", number: "200002292399", text: "Behållen"),
        ])
        let drop = surroundings.folder.appending(path: "drop")
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
        func put(_ name: String, as other: String) throws {
            try FileManager.default.copyItem(at: Self.golden.appending(path: name), to: drop.appending(path: other))
            // As one that is fetched again keeps its time: what bears no date is said as of it.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_795_154_400)],
                ofItemAtPath: drop.appending(path: other).path)
        }
        try put("spar-notices.xml", as: "a.xml")
        try put("spar-windows-1252.xml", as: "b.xml")
        try put("spar-notices.xml", as: "c.xml.part")
        let worker = try surroundings.startWorker()

        let first = try await feed(["spar", drop.path], in: surroundings, exit: 65)
        #expect((first.read, first.published, first.rejected, first.broken) == (10, 7, 3, 0))
        #expect(try await eventually(within: 60) { try outcomes(surroundings).count == 7 })
        for id in ["c-1", "c-2"] {
            let contact = try #require(try surroundings.contact(id, of: "nordic-sport"))
            #expect(contact.isProtected && contact.details.holding.isEmpty)
        }
        #expect(try surroundings.contact("c-3", of: "nordic-sport")?.isProtected == false)

        #expect(try names(drop) == ["c.xml.part", "done", "failed"])
        #expect(try names(drop.appending(path: "done")) == ["b.xml", "b.xml.report.json"])
        let failed = drop.appending(path: "failed")
        #expect(try names(failed) == ["a.xml", "a.xml.rejects.jsonl", "a.xml.report.json"])
        let rejects = failed.appending(path: "a.xml.rejects.jsonl")
        #expect(try mode(rejects) == 0o600 && mode(failed.appending(path: "a.xml.report.json")) == 0o600)
        let told = try String(contentsOf: rejects, encoding: .utf8)
        #expect(told.split(separator: "\n").count == 3 && told.contains("\"reason\":\"no-status\""))
        #expect(!told.contains("20000125") && !told.contains("20000101"))

        try put("spar-notices.xml", as: "a.xml")
        let second = try await feed(["spar", drop.path], in: surroundings, exit: 65)
        #expect((second.read, second.published) == (8, 5))
        #expect(try names(failed).contains("a.xml.2"))
        // An event of its own behind those that came again: what is decided by then is all there will be.
        try surroundings.publish([
            event(
                id: "last",
                data: """
                    {"tenant":"nordic-sport","status":"protected","origin":"monitoring","country":"SE",\
                    "observedAt":"2026-11-23T09:29:58Z","contactId":"c-3"}
                    """)
        ])
        #expect(try await eventually(within: 60) { try outcomes(surroundings).count >= 8 })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        #expect(try outcomes(surroundings).count == 8)
        #expect(try surroundings.end(of: "protected-identity.quarantine") == 0)
        try surroundings.capture([Surroundings.events], as: "feed-events", partitions: 2)
        let events = try surroundings.read(Surroundings.events, partitions: 2)
        #expect(events.count == 13)
        let open = events.map { "\(String(decoding: $0.key ?? [], as: UTF8.self)) \($0.text(of: "ce_id") ?? "")" }
            .joined()
        #expect(!open.contains("0001252386") && !open.contains("7010632391"))
    }

    @Test(
        "a lift without a date lifts nobody, from a copied file or standard input, until somebody says when it was told"
    )
    func undatedLift() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        try surroundings.add([try Events.contact("c-1", number: "200001012384", text: "Kanarie")])
        let answer = surroundings.folder.appending(path: "answer.xml")
        try FileManager.default.copyItem(at: Self.golden.appending(path: "spar-answer-undated.xml"), to: answer)
        let first = try await feed(["spar", answer.path], in: surroundings, exit: 65)
        #expect((first.read, first.published, first.rejected) == (2, 1, 1))
        let told = try String(contentsOf: URL(filePath: answer.path + ".rejects.jsonl"), encoding: .utf8)
        #expect(told.contains("\"reason\":\"no-date\""))
        let text = try String(contentsOf: answer, encoding: .utf8)
        let second = try await feed(["spar", "-"], in: surroundings, input: text, exit: 65)
        #expect((second.read, second.published, second.rejected) == (2, 1, 1))
        let dated = try await feed(
            ["spar", answer.path, "--observed-at", "2026-11-20T06:00:00Z"], in: surroundings)
        #expect((dated.read, dated.published, dated.rejected) == (2, 2, 0))
    }

    @Test("a file that cannot be read keeps none of the others waiting, and a pipe is no file")
    func unreadable() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let drop = surroundings.folder.appending(path: "drop")
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
        // What can be opened and not be read, for every user.
        try FileManager.default.createSymbolicLink(
            atPath: drop.appending(path: "a.txt").path, withDestinationPath: "/proc/self/mem")
        #expect(mkfifo(drop.appending(path: "b.txt").path, 0o600) == 0)
        try Self.register(20).write(to: drop.appending(path: "c.txt"))
        let report = try await feed(["cpr", drop.path], in: surroundings, exit: 66)
        #expect(report.published == 20)
        #expect(try names(drop) == ["a.txt", "b.txt", "done", "failed"])
        #expect(try names(drop.appending(path: "done")) == ["c.txt", "c.txt.report.json"])
    }

    @Test("killed in the middle and fed again, every person has one outcome")
    func killed() async throws {
        let surroundings = try await Surroundings(partitions: 2)
        let people = 3_000
        let file = surroundings.folder.appending(path: "register.txt")
        try Self.register(people).write(to: file)
        let worker = try surroundings.startWorker(["LOG_LEVEL": "warning"])
        let feeding = try surroundings.start(
            ["feed", "cpr", file.path, "--rate", "150"] + Self.meaning, ["LOG_LEVEL": "warning"])
        #expect(
            try await eventually(within: 60) { try surroundings.read(Surroundings.events, partitions: 2).count > 300 })
        feeding.signal(SIGKILL)
        #expect(try await feeding.exitCode() == SIGKILL)
        let before = try surroundings.read(Surroundings.events, partitions: 2).count
        #expect(before < people)

        let report = try await feed(["cpr", file.path], in: surroundings)
        #expect((report.read, report.published, report.rejected) == (people, people, 0))
        let events = try surroundings.read(Surroundings.events, partitions: 2)
        #expect(events.count >= people + before)
        #expect(Set(events.compactMap { $0.text(of: "ce_id") }).count == people)
        #expect(try await eventually(within: 90) { try outcomes(surroundings).count >= people })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
        let decided = try surroundings.read(Surroundings.outcomes)
        #expect(decided.count == people && Set(decided.compactMap { $0.text(of: "ce_id") }).count == people)
    }

    @Test("a folder is looked at again and again; stopped within a file, that one stays where it is")
    func everySecond() async throws {
        let surroundings = try await Surroundings(partitions: 2)
        let drop = surroundings.folder.appending(path: "drop")
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: drop.appending(path: "2025"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: drop.appending(path: "link.txt").path, withDestinationPath: "nowhere.txt")
        let watching = try surroundings.start(["feed", "cpr", drop.path, "--every", "1s"] + Self.meaning)
        let unfinished = drop.appending(path: "a.txt.part")
        try Self.register(20).write(to: unfinished)
        #expect(try await eventually(within: 30) { try names(drop).contains("done") })
        try FileManager.default.moveItem(at: unfinished, to: drop.appending(path: "a.txt"))
        #expect(
            try await eventually(within: 30) {
                try names(drop.appending(path: "done")) == ["a.txt", "a.txt.report.json"]
            })
        watching.signal(SIGTERM)
        #expect(try await watching.exitCode() == 0, "\(watching.standardError)")
        #expect(watching.standardError.contains("\"fed\""))
        // Told once, at the first look of several.
        #expect(watching.standardError.components(separatedBy: "drop/2025, ").count == 2)
        #expect(watching.standardError.components(separatedBy: "drop/link.txt").count == 2)

        try Self.register(3_000).write(to: drop.appending(path: "b.txt"))
        let feeding = try surroundings.start(["feed", "cpr", drop.path, "--rate", "200"] + Self.meaning)
        #expect(
            try await eventually(within: 60) { try surroundings.read(Surroundings.events, partitions: 2).count > 100 })
        feeding.signal(SIGTERM)
        #expect(try await feeding.exitCode(within: 20) == 75, "\(feeding.standardError)")
        #expect(try names(drop) == ["2025", "b.txt", "done", "failed", "link.txt"])
        #expect(try surroundings.read(Surroundings.events, partitions: 2).count < 3_000)
    }

    @Test("a file that is written to while it is read stays, and is fed again when it is complete")
    func growing() async throws {
        let surroundings = try await Surroundings(partitions: 2)
        let drop = surroundings.folder.appending(path: "drop")
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
        let file = drop.appending(path: "a.txt")
        let whole = Self.register(400)
        try whole.prefix(6_017).write(to: file)
        let feeding = try surroundings.start(["feed", "cpr", drop.path, "--rate", "10"] + Self.meaning)
        #expect(
            try await eventually(within: 60) { try !surroundings.read(Surroundings.events, partitions: 2).isEmpty })
        let writer = try FileHandle(forWritingTo: file)
        try writer.seekToEnd()
        try writer.write(contentsOf: whole.dropFirst(6_017))
        #expect(try await feeding.exitCode(within: 120) == 75, "\(feeding.standardError)")
        #expect(feeding.standardError.contains("was written to while it was read"))
        #expect(feeding.standardOutput.contains("\"changed\" : true"), "\(feeding.standardOutput)")
        #expect(try names(drop).contains("a.txt") && names(drop.appending(path: "done")).isEmpty)
        #expect(try names(drop.appending(path: "failed")).isEmpty)

        let second = try await feed(["cpr", drop.path], in: surroundings)
        #expect((second.read, second.published, second.rejected, second.broken) == (400, 400, 0, 0))
        #expect(try names(drop.appending(path: "done")) == ["a.txt", "a.txt.report.json"])
        let events = try surroundings.read(Surroundings.events, partitions: 2)
        #expect(Set(events.compactMap { $0.text(of: "ce_id") }).count == 400)
    }

    @Test(
        "stopped while standard input, or a pipe, has nothing to read, it ends and says so", arguments: [true, false])
    func stoppedWaiting(isStandardInput: Bool) async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let pipe = surroundings.folder.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        let feeding = try surroundings.start(["feed", "cpr", isStandardInput ? "-" : pipe] + Self.meaning)
        let begun = Self.register(20).dropLast(12)
        // Open for both, so that neither side waits for the other.
        let other = open(pipe, O_RDWR | O_CLOEXEC)
        defer { close(other) }
        if isStandardInput {
            try feeding.send(String(decoding: begun, as: UTF8.self), isLast: false)
        } else {
            try FileHandle(fileDescriptor: other).write(contentsOf: begun)
        }
        #expect(try await eventually(within: 30) { try surroundings.end(of: Surroundings.events) == 20 })
        feeding.signal(SIGTERM)
        #expect(try await feeding.exitCode(within: 10) == 75, "\(feeding.standardError)")
        #expect(feeding.standardError.contains("interrupted"))
    }

    @Test("a file named after a person keeps its name, and nothing tells it")
    func named() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let drop = surroundings.folder.appending(path: "drop")
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
        for (name, content) in [("20000125-2386.txt", Self.register(2)), ("200001252386.txt", Data("x\n".utf8))] {
            try content.write(to: drop.appending(path: name))
        }
        let program = try surroundings.start([
            "feed", "cpr", drop.path, drop.appending(path: "2000-01-25 2386").path, "--tenant", "nordic-sport",
            "--origin",
            "monitoring",
        ])
        #expect(try await program.exitCode(within: 60) == 66, "\(program.standardError)")
        let failed = drop.appending(path: "failed")
        #expect(try names(drop.appending(path: "done")).contains("20000125-2386.txt.report.json"))
        #expect(
            try names(failed) == [
                "200001252386.txt", "200001252386.txt.rejects.jsonl", "200001252386.txt.report.json",
            ])
        let report = try String(contentsOf: failed.appending(path: "200001252386.txt.report.json"), encoding: .utf8)
        let told = program.standardOutput + program.standardError + report
        #expect(told.contains("‹number›.txt") && !told.contains("2386"), "\(told)")
    }

    @Test("rejects of an earlier feed are gone when the file is fed clean; a pipe in their place stays, and as it was")
    func formerRejects() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let file = surroundings.folder.appending(path: "register.txt")
        let rejects = surroundings.folder.appending(path: "register.txt.rejects.jsonl")
        try (Self.register(2).dropLast(12) + Data("004\n99900000001\n".utf8)).write(to: file)
        #expect(try await feed(["cpr", file.path], in: surroundings, exit: 65).rejected == 1)
        #expect(FileManager.default.fileExists(atPath: rejects.path))

        let pipe = surroundings.folder.appending(path: "rejects").path
        #expect(mkfifo(pipe, 0o600) == 0 && chmod(pipe, 0o644) == 0)
        // Open for both, so that neither side waits for the other.
        let other = open(pipe, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        defer { close(other) }
        #expect(try await feed(["cpr", file.path, "--rejects", pipe], in: surroundings, exit: 65).rejected == 1)
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(other, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).contains("cut-short"))

        try Self.register(2).write(to: file)
        #expect(try await feed(["cpr", file.path, "--rejects", pipe], in: surroundings).rejected == 0)
        #expect(try mode(URL(filePath: pipe)) == 0o644)
        #expect(FileManager.default.fileExists(atPath: rejects.path))
        #expect(try await feed(["cpr", file.path], in: surroundings).rejected == 0)
        #expect(!FileManager.default.fileExists(atPath: rejects.path))
    }

    @Test("two feed one folder: who comes too late leaves nothing behind and fails nothing")
    func two() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let drop = surroundings.folder.appending(path: "drop")
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
        for name in ["a.txt", "b.txt"] { try Self.register(150).write(to: drop.appending(path: name)) }
        let slow = try surroundings.start(["feed", "cpr", drop.path, "--rate", "10"] + Self.meaning)
        #expect(try await eventually(within: 60) { try surroundings.end(of: Surroundings.events) > 0 })
        #expect(try await feed(["cpr", drop.path], in: surroundings).published == 300)
        #expect(try await slow.exitCode(within: 60) == 0, "\(slow.standardError)")
        #expect(try names(drop) == ["done", "failed"])
        #expect(
            try names(drop.appending(path: "done")) == [
                "a.txt", "a.txt.report.json", "b.txt", "b.txt.report.json",
            ])
        #expect(try names(drop.appending(path: "failed")).isEmpty)
    }

    @Test("a dry run counts, shows nobody, and publishes and moves nothing; a list comes through standard input too")
    func dry() async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let drop = surroundings.folder.appending(path: "drop")
        try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Self.golden.appending(path: "spar-notices.xml"), to: drop.appending(path: "a.xml"))
        for output in ["table", "json"] {
            let program = try surroundings.start([
                "feed", "spar", drop.path, "--tenant", "nordic-sport", "--origin", "lookup", "--dry-run", "--output",
                output,
            ])
            #expect(try await program.exitCode() == 65, "\(program.standardError)")
            let told = program.standardOutput + program.standardError
            #expect(told.contains("k1:"))
            for number in ["200001252386", "0001252386", "19031204", "202601622380", "200001252387"] {
                #expect(!told.contains(number))
            }
        }
        #expect(try names(drop) == ["a.xml"])
        #expect(try surroundings.end(of: Surroundings.events) == 0)

        let list = surroundings.folder.appending(path: "worker.yaml")
        try Data("feeds: {number: Nr, status: Skydd, protected: [ja], notProtected: [nej], country: SE}\n".utf8)
            .write(to: list)
        let report = try await feed(
            ["csv", "-", "--observed-at", "2026-11-20T06:00:00Z", "--config", list.path], in: surroundings,
            input: "Nr,Skydd\n20000125-2386,ja\n200001012384,nej\n200002292399,vet ej\n")
        #expect((report.read, report.published, report.rejected) == (3, 3, 0))
        #expect(try surroundings.end(of: Surroundings.events) == 3)
    }

    @Test(
        "what cannot be fed is said with its way out",
        arguments: [
            (["csv", "x.csv", "--country", "SE"], Int32(78), "feeds.status"),
            (["spar", "nowhere.xml"], 66, "nowhere.xml"),
            (["cpr", "x.csv", "--country", "SE"], 64, "--country"),
            (["xml", "x.csv"], 64, "spar, cpr, csv, jsonl"),
            (["spar", "x.xml", "--registry", "operator"], 64, "--registry"),
            (["spar", "x.csv", "--every", "5s"], 64, "folders"),
        ])
    func refused(arguments: [String], exit: Int32, says: String) async throws {
        let surroundings = try await Surroundings(partitions: 1)
        let program = try surroundings.start(
            ["feed"] + arguments + ["--tenant", "nordic-sport", "--origin", "lookup"])
        #expect(try await program.exitCode() == exit, "\(program.standardError)")
        #expect(program.standardError.contains(says))
    }
}
