internal import Foundation

/// A file, or standard input, unpacked as a stream: gzip and zip are known by their first bytes, whatever the name.
public final class PackedInput {
    /// Why bytes could not be had.
    public enum Failure: Error, Sendable, Hashable {
        /// Reading failed, with the system's reason.
        case unreadable(String)
        /// The packing is wrong.
        case broken(FeedFault)
        /// It was told to stop while nothing came.
        case stopped
    }

    static let chunkBytes = 65_536

    private enum State {
        case unopened
        case plain
        case gzip(Inflater)
        case zip(ZipMembers)
        case ended
    }

    /// The name that an archive gives to the file at which it is; nil of everything but an archive.
    public var member: String? {
        if case .zip(let members) = state { members.name } else { nil }
    }

    private var source: ByteSource
    private var state = State.unopened

    /// Reads from a descriptor, which stays its owner's. A pipe may have nothing to read for as long as it likes.
    ///
    /// - Parameter isStopped: asked while nothing comes, whether to wait any longer.
    public init(descriptor: Int32, isStopped: @escaping () -> Bool = { false }) {
        source = ByteSource(descriptor: descriptor, isStopped: isStopped)
    }

    /// Goes to the next member: false where there is none. Everything but an archive is one member.
    ///
    /// - Throws: ``Failure``.
    public func nextMember() throws(Failure) -> Bool {
        switch state {
        case .unopened:
            let start = try source.peek(4)
            if start.starts(with: [0x1F, 0x8B]) {
                state = .gzip(try Inflater(.gzip))
            } else if start == [0x50, 0x4B, 0x03, 0x04] || start == [0x50, 0x4B, 0x05, 0x06] {
                state = .zip(ZipMembers())
                return try nextMember()
            } else {
                state = .plain
            }
            return true
        case .zip(var members):
            // Where it breaks off, it is told in which of its files.
            defer { state = .zip(members) }
            return try members.next(&source)
        case .plain, .gzip, .ended:
            state = .ended
            return false
        }
    }

    /// The next bytes of the member; nil at its end.
    ///
    /// - Throws: ``Failure``.
    public func read() throws(Failure) -> [UInt8]? {
        switch state {
        case .unopened, .ended: return nil
        case .plain: return try source.next()
        case .gzip(let inflater):
            if inflater.isAtEnd {
                // One file may be several behind each other.
                guard try source.peek(2) == [0x1F, 0x8B] else {
                    // Zeros fill up a tape's block. Anything else is records that nobody would miss.
                    while let rest = try source.next() {
                        guard rest.allSatisfy({ $0 == 0 }) else { throw .broken(.packing) }
                    }
                    return nil
                }
                let next = try Inflater(.gzip)
                state = .gzip(next)
                return try next.next(&source)
            }
            if let bytes = try inflater.next(&source) { return bytes }
            return try read()
        case .zip(var members):
            defer { state = .zip(members) }
            return try members.read(&source)
        }
    }
}

/// Bytes of a descriptor, in chunks, with some of them looked at beforehand.
struct ByteSource {
    /// So long, in milliseconds, a pipe is waited for before it is asked whether to stop.
    private static let patience: Int32 = 200

    private let descriptor: Int32
    private let isStopped: () -> Bool
    private var held: ArraySlice<UInt8> = []

    init(descriptor: Int32, isStopped: @escaping () -> Bool) {
        self.descriptor = descriptor
        self.isStopped = isStopped
    }

    /// What comes next, at most a chunk; nil at the end.
    mutating func next() throws(PackedInput.Failure) -> [UInt8]? {
        if held.isEmpty { try fill() }
        defer { held = [] }
        return held.isEmpty ? nil : Array(held)
    }

    /// Gives back what was read too far.
    mutating func putBack(_ bytes: ArraySlice<UInt8>) {
        if !bytes.isEmpty { held = bytes + held }
    }

    /// The next bytes without taking them; fewer at the end.
    mutating func peek(_ count: Int) throws(PackedInput.Failure) -> [UInt8] {
        while held.count < count {
            let before = held.count
            try fill()
            if held.count == before { break }
        }
        return Array(held.prefix(count))
    }

    /// Takes exactly so many bytes, or says that there are fewer.
    mutating func take(_ count: Int) throws(PackedInput.Failure) -> [UInt8] {
        let bytes = try peek(count)
        guard bytes.count == count else { throw .broken(.truncated) }
        held = held.dropFirst(count)
        return bytes
    }

    private mutating func fill() throws(PackedInput.Failure) {
        var failure: Int32 = 0
        var chunk: [UInt8] = []
        repeat {
            try waitForBytes()
            chunk = [UInt8](unsafeUninitializedCapacity: PackedInput.chunkBytes) { buffer, count in
                let read = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
                failure = read < 0 ? errno : 0
                count = max(0, read)
            }
        } while failure == EINTR || failure == EAGAIN
        guard failure == 0 else { throw .unreadable(String(cString: strerror(failure))) }
        held = held.isEmpty ? chunk[...] : held + chunk
    }

    /// Returns when reading would not block.
    private func waitForBytes() throws(PackedInput.Failure) {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // An interruption is one more turn; of any other failure reading tells the reason.
        while true {
            let ready = poll(&waited, 1, Self.patience)
            if ready > 0 || ready < 0 && errno != EINTR { return }
            if isStopped() { throw .stopped }
        }
    }
}
