import ContactStore
import Foundation
import Testing

@testable import PostgresContactStore

/// The server that these tests run against: the one that `scripts/test` has started, or one that was named.
enum TestServer {
    /// A superuser's URL.
    static let url = ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"]
    /// The server's folder, where `scripts/postgres` has started it: it may be restarted, and its files may be read.
    static let folder = ProcessInfo.processInfo.environment["TEST_POSTGRES_FOLDER"]

    static let missing: Comment = "no PostgreSQL: TEST_POSTGRES_URL is not set (make test starts one)"

    static func target(_ url: String? = url) throws -> ConnectionTarget {
        let uri = try #require(url)
        return try ConnectionTarget(uri: uri)
    }

    /// The URL of the same database for another role, who has to give a password.
    static func url(role: String, password: String? = nil, parameters: String = "") throws -> String {
        let text = try #require(url)
        var components = try #require(URLComponents(string: text))
        components.user = role
        components.password = password
        return try #require(components.string) + (parameters.isEmpty ? "" : "?" + parameters)
    }

    /// Runs statements one after the other, as the superuser.
    @discardableResult
    static func run(_ statements: String...) throws -> PostgresResult? {
        try run(statements.map { Statement($0) }).last
    }

    @discardableResult
    static func run(_ statements: [Statement]) throws -> [PostgresResult] {
        var connection = try PostgresConnection.open(target(), deadline: .seconds(30))
        return try connection.run(statements, deadline: .seconds(120))
    }
}
