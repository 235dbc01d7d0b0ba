import Testing

@testable import protected_identity

@Suite("Exit codes")
struct ExitCodeTests {
    @Test("but for 1 the codes are those of sysexits.h, and each says what it means")
    func sysexits() {
        #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 77, 78])
        #expect(Set(ExitCode.allCases.map(\.meaning)).count == ExitCode.allCases.count)
    }
}
