internal import Foundation

extension UnsafeRawBufferPointer {
    /// Writes all of the bytes to a descriptor, however often it takes fewer; false where that fails, with `errno` set.
    public func writeAll(to descriptor: Int32) -> Bool {
        var rest = self[...]
        while !rest.isEmpty {
            let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
