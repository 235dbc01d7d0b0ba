private import CLibpq
private import Foundation

/// Where the server is and how to get in: a connection URI in any form that libpq knows (PostgreSQL's documentation,
/// 34.1.1.2), completed by the `PG*` environment variables, `pg_service.conf` and `.pgpass` as libpq does it.
///
/// It may hold a password. Nothing of the URI but ``masked`` is ever to be printed.
public struct ConnectionTarget: Sendable, Equatable {
    let uri: String

    /// A URI that libpq can read, `postgres://` or `postgresql://`.
    ///
    /// - Throws: ``InvalidURI`` where libpq cannot read it; libpq's words quote the URI and are left out.
    public init(uri: String) throws(InvalidURI) {
        guard uri.hasPrefix("postgres://") || uri.hasPrefix("postgresql://"), !uri.utf8.contains(0) else {
            throw InvalidURI()
        }
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(uri, &message)
        if let message { PQfreemem(message) }
        guard let options else { throw InvalidURI() }
        PQconninfoFree(options)
        self.uri = uri
    }

    /// The URI is none that libpq can read.
    public struct InvalidURI: Error {}

    /// The URI without passwords: neither the one before the `@` nor those among the parameters.
    public var masked: String {
        var text = uri
        let start = text.firstIndex(of: ":").map { text.index($0, offsetBy: 3) } ?? text.startIndex
        let end = text[start...].firstIndex { "/?".contains($0) } ?? text.endIndex
        if let at = text[start..<end].lastIndex(of: "@"), let colon = text[start..<at].firstIndex(of: ":") {
            text.replaceSubrange(text.index(after: colon)..<at, with: "***")
        }
        guard let question = text.firstIndex(of: "?") else { return text }
        let parameters = text[text.index(after: question)...].split(separator: "&").map { parameter in
            let name = parameter.prefix { $0 != "=" }
            return name.contains("password") ? "\(name)=***" : String(parameter)
        }
        return text[...question] + parameters.joined(separator: "&")
    }

    /// What is passed to libpq besides: what the URI or the environment says wins.
    var keywords: [(name: String, value: String)] {
        let environment = ProcessInfo.processInfo.environment
        var defaults = [("fallback_application_name", "protected-identity")]
        if environment["PGCONNECT_TIMEOUT"] == nil { defaults.append(("connect_timeout", "10")) }
        // A peer that is gone without a word is noticed within half a minute.
        defaults += [("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3")]
        return defaults + [("dbname", uri), ("client_encoding", "UTF8")]
    }
}
