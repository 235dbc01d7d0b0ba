import Operations
import Testing

@Suite("Files' names as they are shown")
struct ShownNameTests {
    @Test(
        "what reads as somebody's number is masked, in whatever form",
        arguments: [
            ("/srv/drop/200001252386.xml", "/srv/drop/‹number›.xml"), ("20000125-2386.xml", "‹number›.xml"),
            ("svar_000125+2386_2.xml", "svar_‹number›.xml"), ("a/0707614285/b.txt", "a/‹number›/b.txt"),
            ("070761-4285", "‹number›"), ("2000-01-25 2386.csv", "‹number›.csv"),
            ("19031204-9802-01.xml", "‹number›.xml"), ("20200112-2386-01.xml", "‹number›.xml"),
            ("x20000125%2D2386.xml", "‹number›"),
        ])
    func masked(path: String, shown: String) {
        #expect(FeedFile(path: path).name == shown)
    }

    @Test(
        "what says when a file was made is not, nor are dates and counts",
        arguments: [
            "spar-20261123-093000.xml", "20261123093000.xml", "2026-11-23_09-30-00.txt", "cpr-2026-11-23.txt",
            "20261123-001.xml", "a.xml.12", "../drop/a 1.csv", "/",
        ])
    func shown(path: String) {
        #expect(FeedFile(path: path).name == path)
    }

    @Test("a name cannot rule a terminal, nor fill one")
    func printable() {
        #expect(FeedFile(path: "a\u{1B}[2J\n.xml").name == "a?[2J?.xml")
        #expect(FeedFile(path: String(repeating: "a", count: 300)).name.count == 256)
    }

    @Test("the file itself keeps its name")
    func path() {
        #expect(FeedFile(path: "200001252386.xml").path == "200001252386.xml")
    }
}
