/// A statement with its parameters, `$1`, `$2`, … in the text. Nothing else is ever put into the text but quoted names.
struct Statement: Sendable {
    let sql: String
    let parameters: [Parameter]

    init(_ sql: String, _ parameters: [Parameter] = []) {
        self.sql = sql
        self.parameters = parameters
    }

    init(_ sql: String, arrays: [ArrayParameter]) {
        self.init(sql, arrays.map(\.parameter))
    }
}
