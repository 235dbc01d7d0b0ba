internal import ContactStore
internal import Foundation
internal import GRDB
internal import ProtectedIdentity

/// What is forgotten because its time is over.
struct PurgeRows {
    let database: Database

    func journal(decidedBefore moment: Timestamp, limit: Int) throws -> Int {
        try database.execute(
            sql: """
                DELETE FROM journal WHERE id IN (
                    SELECT id FROM journal WHERE decided_at < ? AND \(Self.isPublished) ORDER BY decided_at LIMIT ?)
                """, arguments: [moment.microseconds, max(1, limit)])
        return database.changesCount
    }

    func persons(_ page: PersonPage) throws -> PurgedPersons {
        let before = page.learntBefore.microseconds
        let places = try Row.fetchAll(
            database,
            sql: """
                SELECT learnt_at, person FROM register_words INDEXED BY register_words_by_age
                WHERE NOT is_protected AND learnt_at < ? AND (learnt_at, person) > (?, ?)
                ORDER BY learnt_at, person LIMIT ?
                """,
            arguments: [
                before, page.start?.learntAt.microseconds ?? .min, Data(page.start?.person.bytes ?? []), page.limit,
            ]
        ).map { row in
            PersonPage.Place(
                learntAt: Timestamp(microseconds: row[0]), person: PersonID(bytes: row.bytes(1)))
        }
        var count = 0
        for person in Set(places.map(\.person)) where try mayBeForgotten(person, before) {
            let id = Data(person.bytes)
            try database.execute(sql: "DELETE FROM register_words WHERE person = ?", arguments: [id])
            try database.execute(sql: "DELETE FROM aliases WHERE person = ?", arguments: [id])
            count += 1
        }
        return PurgedPersons(count: count, next: places.count < page.limit ? nil : places.last)
    }

    func counts(journalBefore: Timestamp, personsBefore: Timestamp) throws -> PurgeableCounts {
        let rows = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM journal WHERE decided_at < ? AND \(Self.isPublished)",
            arguments: [journalBefore.microseconds])
        let persons = try Int.fetchOne(
            database,
            sql: """
                SELECT count(DISTINCT w.person) FROM register_words AS w
                WHERE NOT w.is_protected AND w.learnt_at < ?1 AND \(Self.mayBeForgotten)
                """, arguments: [personsBefore.microseconds])
        return PurgeableCounts(journalRows: rows ?? 0, persons: persons ?? 0)
    }

    private func mayBeForgotten(_ person: PersonID, _ before: Int64) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT \(Self.mayBeForgotten) FROM (SELECT ?2 AS person) AS w"),
            arguments: [before, Data(person.bytes)]) ?? false
    }

    /// An outcome in a standing slice is still to be published.
    private static let isPublished =
        "NOT EXISTS (SELECT 1 FROM unpublished_slices WHERE unpublished_slices.id = journal.slice)"

    private static let mayBeForgotten = """
        NOT EXISTS (SELECT 1 FROM register_words AS o
            WHERE o.person = w.person AND (o.is_protected OR o.learnt_at >= ?1))
        AND NOT EXISTS (SELECT 1 FROM contacts WHERE contacts.person = w.person)
        """
}
