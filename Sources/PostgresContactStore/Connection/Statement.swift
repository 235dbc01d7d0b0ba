/// A statement with its parameters, `$1`, `$2`, … in the text. Nothing else is ever put into the text but quoted names.
struct Statement: Sendable {
    let sql: String
    let parameters: [Parameter]
    /// Whether it is planned for these parameters alone. What is run seldom is: its tables may have grown since the last
    /// time from nothing to millions of rows.
    let isOneShot: Bool

    init(_ sql: String, _ parameters: [Parameter] = [], isOneShot: Bool = false) {
        self.sql = sql
        self.parameters = parameters
        self.isOneShot = isOneShot
    }

    init(_ sql: String, arrays: [ArrayParameter], isOneShot: Bool = false) {
        self.init(sql, arrays.map(\.parameter), isOneShot: isOneShot)
    }
}
