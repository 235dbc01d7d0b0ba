/// The header `traceparent` of W3C Trace Context level 1.
enum TraceContext {
    /// The text, where it is a trace context: `version-trace-parent-flags` in small hexadecimal digits, none of trace and
    /// parent all zero, the version not `ff`. Anything else is not passed on, since a header may hold whatever somebody
    /// put there.
    static func validated(_ text: String) -> String? {
        let groups = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
        guard groups.map(\.count) == [2, 32, 16, 2], groups.allSatisfy({ $0.allSatisfy(isSmallHexadecimal) }),
            !groups[0].elementsEqual("ff".utf8), groups[1...2].allSatisfy({ $0.contains { $0 != 0x30 } })
        else { return nil }
        return text
    }

    private static func isSmallHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
