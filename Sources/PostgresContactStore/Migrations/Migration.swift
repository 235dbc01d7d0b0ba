internal import Crypto
private import Foundation

/// One version of the worker's own tables: a numbered file of SQL that is never changed once it was released.
public struct Migration: Sendable, Hashable {
    /// Its number, from 1.
    public let version: Int
    /// What it does, from the file's name.
    public let name: String
    /// The statements, with names that are looked up in the worker's schema.
    public let sql: String

    init(version: Int, name: String, bytes: [UInt8]) {
        self.version = version
        self.name = name
        sql = String(decoding: bytes, as: UTF8.self)
    }

    /// SHA-256 of the text, in hexadecimal digits: tells whether the file that was applied is the one that is here.
    public var checksum: String {
        SHA256.hash(data: Data(sql.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Every version, oldest first.
    public static let all = [
        Migration(
            version: 1, name: "journal and persons", bytes: PackageResources._001_journal_and_persons_sql),
        Migration(version: 2, name: "operations", bytes: PackageResources._002_operations_sql),
        Migration(version: 3, name: "reconciliation", bytes: PackageResources._003_reconciliation_sql),
        Migration(version: 4, name: "notices", bytes: PackageResources._004_notices_sql),
        Migration(version: 5, name: "replays", bytes: PackageResources._005_replays_sql),
    ]
}
