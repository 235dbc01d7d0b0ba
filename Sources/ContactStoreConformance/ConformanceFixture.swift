public import ContactStore
public import ProtectedIdentity
public import Testing

/// A fresh, empty store under test, with what the suite needs around the port. Each case gets one of its own.
public protocol ConformanceFixture {
    /// The store.
    var store: any OperationsStore { get }

    /// Puts contacts into the registry behind the store's back, as its owner would.
    func add(_ contacts: [RegistryContact]) throws

    /// What the registry now holds of a contact.
    func contact(_ key: ContactKey) throws -> RegistryContact?
}

/// One thing that every contact store does.
public struct ConformanceCase: Sendable, CustomTestStringConvertible {
    /// What it does, as a sentence.
    public let name: String
    private let body: @Sendable (Scenario) throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (Scenario) throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Holds the store of `fixture` against the case; what differs is recorded as an issue of the running test.
    public func check(_ fixture: any ConformanceFixture) throws {
        try body(try Scenario(fixture: fixture))
    }

    /// The name.
    public var testDescription: String { name }
}

/// The suite: run every case on a fresh store.
public enum ContactStoreConformance {
    /// All cases of all topics.
    public static let cases =
        journal + redriving + slices + progress + contactsByKey + contactsByNumber + persons + merges + deletions
        + selection + notices + removals + policyChanges + owed + purge + reconciliation + inspection + replays
        + boundaries
        + atomicity + keys + largeBatches
}
