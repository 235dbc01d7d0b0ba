/// A statement with its parameters, `$1`, `$2`, … in the text. Nothing else is ever put into the text but quoted names.
struct Statement: Sendable {
    let sql: String
    let parameters: [Parameter]
    /// Whether it is planned for these parameters alone. What is run seldom is: its tables may have grown since the last
    /// time from nothing to millions of rows.
    let isOneShot: Bool
    /// Whether it asks for nothing, its arrays being empty: then it is not sent, and its result has no rows.
    let isIdle: Bool

    init(_ sql: String, _ parameters: [Parameter] = [], isOneShot: Bool = false) {
        self.sql = sql
        self.parameters = parameters
        self.isOneShot = isOneShot
        isIdle = false
    }

    /// A statement over rows that are given as arrays, a column each.

    init(_ sql: String, arrays: [ArrayParameter], isOneShot: Bool = false) {
        self.sql = sql
        parameters = arrays.map(\.parameter)
        self.isOneShot = isOneShot
        isIdle = arrays.allSatisfy { $0.count == 0 }
    }
}
