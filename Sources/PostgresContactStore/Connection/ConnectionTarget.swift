private import CLibpq
private import Foundation

/// Where the server is and how to get in: a connection URI in any form that libpq knows (PostgreSQL's documentation,
/// 34.1.1.2), completed by the `PG*` environment variables, `pg_service.conf` and `.pgpass` as libpq does it.
///
/// It may hold a password. Nothing of the URI but ``masked`` is ever to be printed.
public struct ConnectionTarget: Sendable, Equatable {
    let uri: String
    /// The URI without passwords, put together from what libpq has read in it: `postgres://USER@HOST:PORT/DATABASE?…`.
    public let masked: String
    private let usesService: Bool

    /// A URI that libpq can read, `postgres://` or `postgresql://`.
    ///
    /// - Throws: ``InvalidURI`` where libpq cannot read it, or reads a piece of a password as a host or a port, which happens
    ///   where `/`, `?`, `@` or `:` in it are not percent-encoded. libpq's own words quote the URI and are left out.
    public init(uri: String) throws(InvalidURI) {
        guard uri.hasPrefix("postgres://") || uri.hasPrefix("postgresql://"), !uri.utf8.contains(0) else {
            throw InvalidURI()
        }
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(uri, &message)
        if let message { PQfreemem(message) }
        guard let options else { throw InvalidURI() }
        defer { PQconninfoFree(options) }
        var shown: [String: String] = [:]
        var hidden: Set<String> = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                let isHidden = option.pointee.dispchar.map { String(cString: $0) == "*" } ?? false
                if isHidden {
                    hidden.insert(String(cString: keyword))
                } else {
                    shown[String(cString: keyword)] = String(cString: value)
                }
            }
            option += 1
        }
        let hosts = shown["host"]?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        let ports = shown["port"]?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        guard hosts.allSatisfy({ !$0.contains("@") }), ports.allSatisfy({ $0.allSatisfy(\.isNumber) }) else {
            throw InvalidURI()
        }
        self.uri = uri
        usesService = shown["service"] != nil
        masked = Self.masked(shown, hidden: hidden, hosts: hosts, ports: ports)
    }

    /// The URI is none that libpq can read.
    public struct InvalidURI: Error {}

    private static func masked(
        _ shown: [String: String], hidden: Set<String>, hosts: [Substring], ports: [Substring]
    ) -> String {
        let isSocket = hosts.contains { $0.hasPrefix("/") }
        let addresses = hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : ports.indices.contains(index) ? ports[index] : ""
            let name = host.contains(":") ? "[\(host)]" : "\(host)"
            return port.isEmpty ? name : "\(name):\(port)"
        }
        let user = (shown["user"] ?? "") + (hidden.contains("password") ? ":***" : "")
        let place = ["user", "host", "port", "dbname"]
        var parameters = shown.filter { !place.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        parameters += hidden.filter { $0 != "password" }.map { "\($0)=***" }
        if isSocket {
            parameters += ["host", "port"].compactMap { name in shown[name].map { "\(name)=\($0)" } }
        }
        return "postgres://" + (user.isEmpty ? "" : user + "@") + (isSocket ? "" : addresses.joined(separator: ","))
            + (shown["dbname"].map { "/\($0)" } ?? "")
            + (parameters.isEmpty ? "" : "?" + parameters.sorted().joined(separator: "&"))
    }

    /// What is passed to libpq besides: what the URI or the environment says wins.
    var keywords: [(name: String, value: String)] {
        let environment = ProcessInfo.processInfo.environment
        var defaults = [("fallback_application_name", "protected-identity")]
        // A service's file may say these things; it would be overruled.
        if environment["PGSERVICE"] == nil, !usesService {
            if environment["PGCONNECT_TIMEOUT"] == nil { defaults.append(("connect_timeout", "10")) }
            // A peer that is gone without a word is noticed within half a minute.
            defaults += [("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3")]
        }
        return defaults + [("dbname", uri), ("client_encoding", "UTF8")]
    }
}
