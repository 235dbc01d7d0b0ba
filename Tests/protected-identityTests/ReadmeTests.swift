import Foundation
import Testing

@testable import protected_identity

@Suite("README")
struct ReadmeTests {
    private static let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")

    @Test("its table of configuration keys is the program's")
    func configurationTable() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        let table = ConfigurationKey.markdownTable()
        #expect(text.contains(table), "README.md needs this table:\n\(table)")
    }

    @Test("it names every exit code")
    func exitCodes() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        for code in ExitCode.allCases {
            #expect(text.contains("| \(code.rawValue) | \(code.meaning) |"))
        }
    }
}
