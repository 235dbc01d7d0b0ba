// Whether contacts can be deleted as the map says.
extension MapCheck {
    /// - Parameter severity: of what keeps every contact from being deleted.
    mutating func checkDeletion(_ severity: MapProblem.Severity) {
        checkRemoval(map.removal, from: map.table, key: "onDeletion", severity)
        for dependent in map.dependents {
            // What loses its rows when a contact is cleared is looked at already.
            if case .delete = dependent.action { continue }
            checkRemoval(dependent.removal, from: dependent.table, key: "tables.\(dependent.name).onDeletion", severity)
        }
        if map.removal == .anonymise, let email = map.email, let column = catalog.tables[map.table]?.columns[email] {
            if column.isNotNull {
                note(
                    "email", "\(map.table).\(email) is NOT NULL, and onDeletion: anonymise clears it",
                    "ALTER TABLE \(map.table.sql) ALTER COLUMN \(quoted(email)) DROP NOT NULL;", severity)
            }
            if !column.canUpdate {
                note(
                    "email", "this role may not write column \(email), which onDeletion: anonymise clears",
                    "As the table's owner: GRANT UPDATE (\(quoted(email))) ON \(map.table.sql) TO \(catalog.role);",
                    severity)
            }
        }
        for reference in catalog.references where isInTheWay(reference) {
            note(
                "onDeletion",
                "\(reference.table) refers to \(reference.referred) (\(reference.name)): while it has rows of a contact, that "
                    + "contact cannot be deleted, and its request is set aside (refused-by-store)",
                "Map the table under store.contacts.tables, so that its rows go first, or let the foreign key say ON DELETE "
                    + "CASCADE or SET NULL", .warning)
        }
    }

    private mutating func checkRemoval(
        _ removal: FieldMap.Removal, from table: TableName, key: String, _ severity: MapProblem.Severity
    ) {
        guard removal == .delete, let found = catalog.tables[table], !found.canDelete else { return }
        note(
            key, "this role may not delete from \(table)",
            "As the table's owner: GRANT DELETE ON \(table.sql) TO \(catalog.role);", severity)
    }

    /// Whether a foreign key forbids what the map asks for: its own rows stay, and those that it refers to go.
    private func isInTheWay(_ reference: Catalog.Reference) -> Bool {
        guard reference.forbidsDeletion, goes(reference.referred) else { return false }
        return !map.dependents.contains { dependent in
            dependent.table == reference.table && reference.columns.contains(dependent.contact) && goes(dependent.table)
        }
    }

    private func goes(_ table: TableName) -> Bool {
        if table == map.table { return map.removal == .delete }
        return map.dependents.contains { $0.table == table && $0.removal == .delete }
    }
}
