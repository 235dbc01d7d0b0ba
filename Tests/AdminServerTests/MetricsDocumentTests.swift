import Foundation
import PrometheusMetrics
import Testing

@testable import AdminServer

@Suite("docs/metrics.md")
struct MetricsDocumentTests {
    @Test("lists the metrics of the program, each with its kind, and no others")
    func table() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/metrics.md").standardizedFileURL
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .compactMap { $0.firstMatch(of: /^\| `([a-z_]+)` \| ([a-z]+) \|/) }.map { "\($0.1): \($0.2)" }
        let families = Metrics.families.map { family in
            switch family.kind {
            case .counter: "\(family.name): counter"
            case .gauge: "\(family.name): gauge"
            case .histogram: "\(family.name): histogram"
            }
        }
        #expect(rows.sorted() == families.sorted())
    }

    @Test("counters end in _total, and what is measured has its unit in its name")
    func names() {
        for family in Metrics.families {
            if case .counter = family.kind { #expect(family.name.hasSuffix("_total")) }
            if case .gauge = family.kind { #expect(!family.name.hasSuffix("_total")) }
        }
        #expect(Set(Metrics.families.map(\.name)).count == Metrics.families.count)
    }
}
