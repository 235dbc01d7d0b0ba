import CoreMetrics

/// Counts what goes wrong in stores, by class; nobody need listen.
public enum StoreErrorCounter {
    /// The metric's name.
    public static let name = "protected_identity_store_errors_total"

    /// Counts an error.
    ///
    /// - Parameter kind: the first two characters of a SQLSTATE, or a name of the store's own; there are few of them.
    public static func count(_ kind: String) {
        Counter(label: name, dimensions: [("class", kind)]).increment()
    }
}
