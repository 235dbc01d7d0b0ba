internal import Crypto

/// HMAC-SHA-256 (RFC 2104) under one key, both of whose hashes are begun beforehand: that is more than half of what the code of
/// a short input costs.
///
/// The hashes are swift-crypto's. Its `HMAC` can be begun beforehand as well, but takes each input through generic code that no
/// compiler specialises across the module's border, which costs several times the hashing.
struct KeyedHash: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    init(key: SymmetricKey) {
        let secret = key.withUnsafeBytes { bytes in
            bytes.count > SHA256.blockByteCount ? Array(SHA256.hash(data: Array(bytes))) : Array(bytes)
        }
        func begun(with pad: UInt8) -> SHA256 {
            var block = [UInt8](repeating: pad, count: SHA256.blockByteCount)
            for (place, byte) in secret.enumerated() { block[place] ^= byte }
            var hash = SHA256()
            block.withUnsafeBytes { hash.update(bufferPointer: $0) }
            return hash
        }
        inner = begun(with: 0x36)
        outer = begun(with: 0x5C)
    }

    /// Lends the code of an input: as a sequence it would be copied byte by byte.
    func withCode<Result>(for input: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var (inner, outer) = (inner, outer)
        input.withUnsafeBytes { inner.update(bufferPointer: $0) }
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize().withUnsafeBytes(body)
    }
}
