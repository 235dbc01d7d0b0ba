import Foundation
import Testing

@Suite("The demo")
struct DemoTests {
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../schemas/examples"
    ).standardizedFileURL.path

    @Test(
        "goes from redacted to deleted with the clock moved, feeds a register's file twice, and names no address on the way"
    )
    func story() throws {
        let result = try Program.run("demo", "--examples", Self.examples, "--from-register")
        #expect(result.exit == 0, "\(result.messages)\(result.output.suffix(2_000))")
        #expect(result.output.contains("All as the contract says."))
        let begin = try #require(result.output.range(of: "From redacted to deleted"))
        let story = result.output[begin.lowerBound...]
        let lines = story.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }

        let scheduled = try #require(lines.first { $0.hasPrefix("scheduled: ") })
        let contacts = scheduled.dropFirst("scheduled: ".count).components(separatedBy: ", ")
        #expect(contacts.count > 1 && contacts.allSatisfy { $0.hasPrefix("kk-") })
        let told = lines.compactMap { $0.firstMatch(of: /^a notice would have gone out: (kk-\d+), in da/)?.output.1 }
        #expect(told.map(String.init).sorted() == contacts)

        let steps = [
            scheduled, "sweep before the notice is over: 0 requested",
            try #require(lines.first { $0.hasPrefix("clock moved by 30d") }),
            "sweep: \(contacts.count) requested, \(contacts.count) deleted: \(contacts.joined(separator: ", "))",
            """
            read downstream: contact.notified \(contacts.count), deletion.requested \(contacts.count), \
            contact.deleted \(contacts.count)
            """,
        ]
        let places = steps.map { lines.firstIndex(of: $0) }
        #expect(places.allSatisfy { $0 != nil }, "\(story)")
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        #expect(!story.contains("@example.com"))
        #expect(lines.contains("fed again: 0 further outcomes"))
        #expect(lines.last == "Everybody once, and the second time nothing.")
    }
}
