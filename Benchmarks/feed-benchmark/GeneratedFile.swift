import BenchmarkSupport
import Foundation
import RegisterFeeds

/// Files as registers write them, with invented people: most of them without protection, as on any day.
enum GeneratedFile {
    static func write(_ format: FeedFormat, records: Int, to file: URL) throws {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        let text = format == .spar ? spar : cpr
        try handle.write(contentsOf: Data(text.begin.utf8))
        var held = ""
        for index in 0..<records {
            held += text.record(index)
            if held.utf8.count > 1_048_576 || index == records - 1 {
                try handle.write(contentsOf: Data(held.utf8))
                held = ""
            }
        }
        try handle.write(contentsOf: Data(text.end.utf8))
    }

    private typealias Form = (begin: String, record: @Sendable (Int) -> String, end: String)

    private static let spar: Form = (
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Aviseringar xmlns="http://statenspersonadressregister.se/schema/avisering/2023.1">

        """,
        { index in
            let isProtected = index.isMultiple(of: 100)
            let address =
                """
                <Namn><DatumFrom>2019-12-02</DatumFrom><DatumTill>9999-12-31</DatumTill><Fornamn>Förnamn\(index)</Fornamn>\
                <Efternamn>Efternamn</Efternamn></Namn><Folkbokforingsadress><SvenskAdress><DatumFrom>2019-12-02</DatumFrom>\
                <DatumTill>9999-12-31</DatumTill><Utdelningsadress2>Gatan \(index % 200)</Utdelningsadress2><PostNr>12345</PostNr>\
                <Postort>Orten</Postort></SvenskAdress></Folkbokforingsadress>
                """
            return """
                <AviseringPost><PersonId><IdNummer>\(TestNumber.number(index))</IdNummer><Typ>PERSONNUMMER</Typ></PersonId>\
                <Sekretessmarkering>\(isProtected ? "JA" : "NEJ")</Sekretessmarkering><SkyddadFolkbokforing>NEJ\
                </SkyddadFolkbokforing><SenasteAndringSPAR>2026-11-20</SenasteAndringSPAR>\(isProtected ? "" : address)\
                </AviseringPost>

                """
        }, "</Aviseringar>\n"
    )

    private static let cpr: Form = (
        "00012345620261120\n",
        { index in
            func padded(_ value: Int, _ width: Int) -> String {
                String(repeating: "0", count: width - "\(value)".count) + "\(value)"
            }
            let day = padded(index / 4_000 % 28 + 1, 2)
            let (month, year) = (padded(index / 112_000 % 12 + 1, 2), 40 + index / 1_344_000 % 60)
            return "004\(day)\(month)\(year)\(padded(index % 4_000, 4))00012026-11-10          \n"
        }, "99900000001\n"
    )
}
