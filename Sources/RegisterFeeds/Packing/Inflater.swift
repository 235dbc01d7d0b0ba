internal import CZlib

/// Unpacks one deflated stream with zlib.
final class Inflater {
    /// What stands around the deflated bytes: zlib's window bits.
    enum Wrapping: Int32 {
        case gzip = 31
        case none = -15
    }

    private var stream = z_stream()
    private(set) var isAtEnd = false
    /// Whether the last output was full, so that there may be more of the same input.
    private var holdsMore = false
    /// CRC-32 of what has come out.
    private(set) var checksum: UInt = 0

    init(_ wrapping: Wrapping) throws(PackedInput.Failure) {
        guard czlib_inflate_init(&stream, wrapping.rawValue) == Z_OK else { throw .broken(.packing) }
    }

    deinit {
        inflateEnd(&stream)
    }

    /// The next bytes out; nil at the stream's end. What was read behind it is given back.
    func next(_ source: inout ByteSource) throws(PackedInput.Failure) -> [UInt8]? {
        while !isAtEnd {
            let read = try source.next()
            guard read != nil || holdsMore else { throw .broken(.truncated) }
            var input = read ?? []
            var status = Z_OK
            var left = 0
            let output = [UInt8](unsafeUninitializedCapacity: PackedInput.chunkBytes) { output, count in
                input.withUnsafeMutableBufferPointer { bytes in
                    stream.next_in = bytes.baseAddress
                    stream.avail_in = UInt32(clamping: bytes.count)
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(clamping: output.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    left = Int(stream.avail_in)
                    count = output.count - Int(stream.avail_out)
                }
            }
            source.putBack(input.suffix(left))
            holdsMore = output.count == PackedInput.chunkBytes
            switch status {
            case Z_STREAM_END: isAtEnd = true
            // Nothing can be done without more input, which the next turn brings.
            case Z_OK, Z_BUF_ERROR: break
            default: throw .broken(.packing)
            }
            checksum = output.withUnsafeBufferPointer { crc32(checksum, $0.baseAddress, UInt32(clamping: $0.count)) }
            if !output.isEmpty { return output }
        }
        return nil
    }
}

/// CRC-32 of bytes behind others.
func checksum(_ bytes: [UInt8], behind before: UInt) -> UInt {
    bytes.withUnsafeBufferPointer { crc32(before, $0.baseAddress, UInt32(clamping: $0.count)) }
}
