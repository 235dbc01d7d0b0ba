/// The files of a zip archive, one after the other as they lie in it, so that it may come through a pipe.
///
/// Our own, since no library that is available reads an archive as a stream; what is deflated is zlib's.
struct ZipMembers {
    private enum Content {
        case none
        case deflated(Inflater)
        /// So many bytes are left, and their checksum so far.
        case stored(Int, UInt)
        /// So many bytes have come, and their checksum; only what stands behind them tells where they end.
        case unsized(Int, UInt)
    }

    private static let memberStart: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    private static let descriptorStart: [UInt8] = [0x50, 0x4B, 0x07, 0x08]
    /// A directory's first entry, the extra data before it, and the end of one without entries (of a large archive, too).
    private static let directoryStarts: [[UInt8]] = [
        [0x50, 0x4B, 0x01, 0x02], [0x50, 0x4B, 0x06, 0x08], [0x50, 0x4B, 0x05, 0x06], [0x50, 0x4B, 0x06, 0x06],
    ]

    /// The present file's name; nil between them.
    private(set) var name: String?
    private var content = Content.none
    private var expected: UInt = 0
    /// Whether size and checksum stand behind the member.
    private var isDescribedBehind = false
    private var isLarge = false

    /// Goes to the next file; false where there is none.
    mutating func next(_ source: inout ByteSource) throws(PackedInput.Failure) -> Bool {
        while true {
            // What was not read of the last one lies before the next.
            while try read(&source) != nil {}
            name = nil
            guard try source.peek(4) == Self.memberStart else {
                // The directory follows. At the end of an archive that was cut there is nothing.
                let directory = try source.peek(4)
                guard directory.count == 4 else { throw .broken(.truncated) }
                guard Self.directoryStarts.contains(directory) else { throw .broken(.packing) }
                return false
            }
            if try open(&source) { return true }
        }
    }

    /// The next bytes of the file; nil at its end.
    mutating func read(_ source: inout ByteSource) throws(PackedInput.Failure) -> [UInt8]? {
        switch content {
        case .none: return nil
        case .deflated(let inflater):
            if let bytes = try inflater.next(&source) { return bytes }
            content = .none
            try close(inflater.checksum, &source)
            return nil
        case .stored(0, let sum):
            content = .none
            try close(sum, &source)
            return nil
        case .unsized(let count, let sum): return try readUnsized(&source, count, sum)
        case .stored(let left, let sum):
            guard let chunk = try source.next() else { throw .broken(.truncated) }
            let bytes = Array(chunk.prefix(left))
            source.putBack(chunk[bytes.count...])
            content = .stored(left - bytes.count, checksum(bytes, behind: sum))
            return bytes
        }
    }

    /// Reads a member's header (APPNOTE.TXT 4.3.7); false where it is a folder or a system's own file.
    private mutating func open(_ source: inout ByteSource) throws(PackedInput.Failure) -> Bool {
        let header = try source.take(30)
        let (flags, method) = (Self.number(header[6..<8]), Self.number(header[8..<10]))
        let size = Self.number(header[18..<22])
        expected = UInt(Self.number(header[14..<18]))
        isDescribedBehind = flags & 8 != 0
        let name = try source.take(Self.number(header[26..<28]))
        self.name = String(decoding: name, as: UTF8.self)
        let extra = try source.take(Self.number(header[28..<30]))
        isLarge = size == 0xFFFF_FFFF || extra.starts(with: [0x01, 0x00])
        guard flags & 1 == 0 else { throw .broken(.encrypted) }
        let isFolder = name.last == 0x2F
        switch method {
        case 8: content = .deflated(try Inflater(.none))
        case 0 where !isDescribedBehind && !isLarge: content = .stored(size, 0)
        case 0 where isFolder: content = .stored(0, 0)
        case 0 where isDescribedBehind: content = .unsized(0, 0)
        default: throw .broken(.packing)
        }
        return !isFolder && !name.starts(with: Array("__MACOSX/".utf8))
    }

    /// Reads on to what describes the file: a descriptor's signature, and checksum and size of just what has come before. Where
    /// none has a signature, which writers may leave out, nobody can tell where the file ends.
    private mutating func readUnsized(
        _ source: inout ByteSource, _ count: Int, _ sum: UInt
    ) throws(PackedInput.Failure) -> [UInt8]? {
        var (count, sum) = (count, sum)
        guard try source.peek(Self.longestDescriptor).count >= Self.shortestDescriptor, let bytes = try source.next()
        else {
            throw .broken(.unmarkedEnd)
        }
        let chunk = bytes.prefix(PackedInput.chunkBytes)
        source.putBack(bytes[chunk.endIndex...])
        var summed = chunk.startIndex
        func take(to end: Int) {
            sum = checksum(Array(chunk[summed..<end]), behind: sum)
            count += end - summed
            summed = end
        }
        for place in chunk.indices where chunk[place] == Self.descriptorStart[0] {
            let rest = chunk[place...]
            guard rest.prefix(4).elementsEqual(Self.descriptorStart.prefix(rest.count)) else { continue }
            // One that the chunk cuts is looked at as the beginning of the next, where all there is can be seen.
            let isCut = rest.count < Self.longestDescriptor && place > chunk.startIndex
            take(to: place)
            guard isCut || describes(rest, count, sum) else { continue }
            source.putBack(rest)
            if isCut {
                content = .unsized(count, sum)
                return Array(chunk[..<place])
            }
            content = .none
            try close(sum, &source)
            return place == chunk.startIndex ? nil : Array(chunk[..<place])
        }
        take(to: chunk.endIndex)
        content = .unsized(count, sum)
        return Array(chunk)
    }

    /// With sizes of four bytes, or of eight in a large archive.
    private static let (shortestDescriptor, longestDescriptor) = (16, 24)

    private func describes(_ descriptor: ArraySlice<UInt8>, _ count: Int, _ sum: UInt) -> Bool {
        guard descriptor.count >= (isLarge ? Self.longestDescriptor : Self.shortestDescriptor) else { return false }
        let fields = descriptor.dropFirst(4)
        let size = fields.dropFirst(4).prefix(isLarge ? 8 : 4)
        return UInt(Self.number(fields.prefix(4))) == sum
            && size.enumerated().allSatisfy { $1 == UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
    }

    private mutating func close(_ sum: UInt, _ source: inout ByteSource) throws(PackedInput.Failure) {
        if isDescribedBehind {
            if try source.peek(4) == Self.descriptorStart { _ = try source.take(4) }
            expected = UInt(Self.number(try source.take(4)[...]))
            _ = try source.take(isLarge ? 16 : 8)
        }
        guard sum == expected else { throw .broken(.packing) }
    }

    /// Little endian.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
