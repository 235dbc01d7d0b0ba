import Crypto
import Testing

@testable import ProtectedIdentity

@Suite("Keyed hash")
struct KeyedHashTests {
    @Test("the code is HMAC-SHA-256, for keys shorter and longer than a block and inputs of any length")
    func isHMAC() {
        for keyLength in [0, 1, 31, 32, 63, 64, 65, 128, 200] {
            let key = SymmetricKey(data: (0..<keyLength).map { UInt8(truncatingIfNeeded: 7 * $0 + keyLength) })
            let hash = KeyedHash(key: key)
            for length in [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 500] {
                let input = (0..<length).map { UInt8(truncatingIfNeeded: 31 * $0 + length) }
                let expected = Array(HMAC<SHA256>.authenticationCode(for: input, using: key))
                #expect(hash.withCode(for: input) { Array($0) } == expected)
                // A second time: what was begun beforehand stays as it was.
                #expect(hash.withCode(for: input) { Array($0) } == expected)
            }
        }
    }

    @Test("RFC 4231, test case 2")
    func published() {
        let code = KeyedHash(key: SymmetricKey(data: Array("Jefe".utf8)))
            .withCode(for: Array("what do ya want for nothing?".utf8)) { Hexadecimal.text(Array($0)) }
        #expect(code == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
