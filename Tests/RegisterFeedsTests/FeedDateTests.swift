import RegisterFeeds
import Testing

@Suite("Dates as they are written")
struct FeedDateTests {
    /// What a list's date comes to.
    private func said(_ text: String) -> String {
        told(.csv, "Kund,Skydd,Datum,Personnummer,Tidigare\nc-1,nej,\(text),,\n")[0]
    }

    @Test(
        "a day, with a time of day behind it or not",
        arguments: [
            "2026-11-02", "20261102", "202611021015", "20261102235959", "2026-11-02T10:15", "2026-11-02 10:15:30",
            "2026-11-02T10:15:30.123", "2026-11-02T9:15", "2026-11-02 10.15", "20261102 1015", "2026-11-02T00:00:00",
        ])
    func day(text: String) {
        #expect(said(text) == "line 2: #c-1 not-protected 2026-11-02")
    }

    @Test(
        "what has no time of day behind it is no date: a number least of all",
        arguments: [
            "200001252386", "202611022400", "202611021060", "20261102101560", "2026-11-02T24:00", "2026-11-02T10:60",
            "2026-11-02T10:15:61", "2026-11-02T10", "2026-11-02T", "2026-11-02T10:15:", "2026-11-02T1:5",
            "2026-11-02T10:15:30.", "2026-11-02T10:15:30.1:2", "2026110210", "2026-11-0210:15", "2026-11-02T100:15",
        ])
    func none(text: String) {
        #expect(said(text) == "line 2, Datum: rejected unreadable-date")
    }

    @Test("a moment with its offset is that moment")
    func moment() {
        #expect(said("2026-11-02T10:15:30+01:00") == "line 2: #c-1 not-protected 2026-11-02T09:15:30.000Z")
    }
}
