/// A number as a look-up sees it: the last ten of its digits, whatever form it is written in.
///
/// They stand at the end of every form of both countries; a numeric column's lost zeros are put back. Whether two numbers
/// with the same ten digits are the same, only the domain can tell.
struct ContactNumber: Hashable {
    private let lastTenDigits: UInt64

    init(written text: String) {
        var digits: UInt64 = 0
        for byte in text.utf8 where (0x30...0x39).contains(byte) {
            digits = (digits * 10 + UInt64(byte - 0x30)) % 10_000_000_000
        }
        lastTenDigits = digits
    }

    /// The largest prime below 2^16, so that neighbouring birthdays spread.
    private static let bucketCount: UInt64 = 65_521

    /// What the index holds of it; see ``Schema`` for why it is no more.
    var bucket: Int64 {
        Int64(lastTenDigits % Self.bucketCount)
    }
}
