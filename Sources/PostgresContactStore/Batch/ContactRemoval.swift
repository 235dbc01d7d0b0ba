/// The statements that delete contacts, or make them nobody's, with all that hangs on them.
struct ContactRemoval: Sendable {
    /// What happens in a table that hangs on contacts.
    struct Step: Sendable {
        let table: TableName
        let statement: String
        /// Finds a row of which that is not true.
        let left: String
    }

    /// In the order in which they are to be run.
    let dependents: [Step]
    /// The contacts' own rows, last; tells of each whether it is as it should be.
    let contact: String

    static let none = ContactRemoval(dependents: [], contact: "")
}

extension Catalog {
    /// Tables in an order in which rows can be deleted: whoever refers to another comes before it. A circle stays as it was.
    func inOrderOfDeletion(_ dependents: [FieldMap.Dependent]) -> [FieldMap.Dependent] {
        var left = dependents
        var ordered: [FieldMap.Dependent] = []
        while !left.isEmpty {
            let free = left.firstIndex { candidate in
                !left.contains { other in
                    other.table != candidate.table
                        && references.contains { $0.table == other.table && $0.referred == candidate.table }
                }
            }
            ordered.append(left.remove(at: free ?? 0))
        }
        return ordered
    }
}
