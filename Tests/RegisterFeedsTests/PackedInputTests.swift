import Foundation
import RegisterFeeds
import Testing

@Suite("Unpacking as a stream")
struct PackedInputTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Packed")
    private static let short = Array("Kund,Skydd\nc-1,ja\n".utf8)

    /// The members of a file.
    private func members(_ name: String) throws -> [[UInt8]] {
        let handle = try FileHandle(forReadingFrom: Self.folder.appending(path: name))
        return try members(of: handle)
    }

    private func members(of handle: FileHandle) throws -> [[UInt8]] {
        let input = PackedInput(descriptor: handle.fileDescriptor)
        var members: [[UInt8]] = []
        while try input.nextMember() {
            var bytes: [UInt8] = []
            while let chunk = try input.read() {
                #expect(chunk.count <= 65_536)
                bytes += chunk
            }
            members.append(bytes)
        }
        return members
    }

    /// A header, and lines `c-0` to `c-39999`.
    private func isLong(_ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: 0x0A)
        return bytes.starts(with: Array("Kund,Skydd\nc-0,".utf8)) && lines.count == 40_001
            && lines.last?.starts(with: Array("c-39999,".utf8)) == true
    }

    @Test("gzip is one file, several behind each other too")
    func gzip() throws {
        let members = try members("two.gz")
        #expect(members.count == 1)
        let bytes = try #require(members.first)
        #expect(bytes.suffix(Self.short.count).elementsEqual(Self.short))
        #expect(isLong(bytes.dropLast(Self.short.count)))
    }

    @Test("zeros behind a gzip file fill up a block")
    func padded() throws {
        #expect(try members("padded.gz") == [Self.short])
    }

    @Test(
        "an archive's files come one after the other, without its folders", arguments: ["deflated.zip", "streamed.zip"])
    func zip(name: String) throws {
        let members = try members(name)
        #expect(members.count == 2)
        #expect(isLong(try #require(members.first)))
        #expect(members.last == Self.short)
    }

    @Test("what an archive holds unpacked is read too")
    func stored() throws {
        #expect(try members("stored.zip") == [Self.short, Self.short])
    }

    /// An archive as a stream writes it: sizes stand behind each file, and files are stored as they are.
    private func streamed(_ files: [[UInt8]], isSigned: Bool = true) throws -> FileHandle {
        func little(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        // Version 2.0, bit 3: sizes stand behind; a name of five bytes.
        let start: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 8, 0] + [UInt8](repeating: 0, count: 18) + [5, 0, 0, 0]
        var archive: [UInt8] = []
        for file in files {
            archive += start
            archive += Array("a.csv".utf8)
            archive += file
            if isSigned { archive += [0x50, 0x4B, 7, 8] }
            archive += little(checksum(file))
            archive += little(UInt32(file.count))
            archive += little(UInt32(file.count))
        }
        // What stands in the directory nobody reads.
        archive += [0x50, 0x4B, 1, 2] + [UInt8](repeating: 0, count: 64)
        let file = URL.temporaryDirectory.appending(path: "streamed-\(UUID().uuidString)")
        try Data(archive).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try FileHandle(forReadingFrom: file)
    }

    /// CRC-32, bit by bit.
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }

    @Test("a file that is stored in an archive written as a stream ends where its checksum and size say so")
    func storedAsStream() throws {
        let decoys = Array(repeating: [0x50, 0x4B, 7, 8] as [UInt8], count: 100).flatMap(\.self) + [0x50]
        let files = [Self.short, decoys, [], Self.short + [0x50, 0x4B]]
        #expect(try members(of: streamed(files)) == files)
    }

    @Test("also where a chunk cuts what says so", arguments: 0...30)
    func storedAcrossChunks(distance: Int) throws {
        // Header and name take 35 bytes of the first chunk.
        let files = [[UInt8](repeating: 0x41, count: 65_536 - 35 - distance), Self.short]
        #expect(try members(of: streamed(files)) == files)
    }

    @Test("where nothing marks its end, that is said")
    func unmarked() throws {
        #expect(throws: PackedInput.Failure.broken(.unmarkedEnd)) {
            try members(of: streamed([Self.short], isSigned: false))
        }
    }

    @Test("a file that is not packed is what it is, and may come through a pipe")
    func plain() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(Self.short))
        try pipe.fileHandleForWriting.close()
        #expect(try members(of: pipe.fileHandleForReading) == [Self.short])
    }

    @Test("a pipe that has nothing to read is waited for until told to stop", .timeLimit(.minutes(1)))
    func stopped() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(Self.short))
        var asked = 0
        let input = PackedInput(descriptor: pipe.fileHandleForReading.fileDescriptor) {
            asked += 1
            return asked > 2
        }
        #expect(try input.nextMember())
        #expect(try input.read() == Self.short)
        #expect(throws: PackedInput.Failure.stopped) { try input.read() }
        try pipe.fileHandleForWriting.close()
    }

    @Test(
        "what is cut, damaged or locked is said to be so",
        arguments: [
            ("cut.gz", FeedFault.truncated), ("cut.zip", .truncated), ("damaged.zip", .packing),
            ("encrypted.zip", .encrypted), ("followed.gz", .packing), ("damaged-second.zip", .packing),
        ])
    func wrong(name: String, fault: FeedFault) {
        #expect(throws: PackedInput.Failure.broken(fault)) { try members(name) }
    }
}
