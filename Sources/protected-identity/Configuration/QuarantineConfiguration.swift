/// What a quarantined record holds. A choice that has to be made: there is no default.
enum QuarantineConfiguration: Sendable, Equatable {
    /// The original, sealed to this public key, as text; whoever seals parses it.
    case sealed(publicKey: Secret)
    /// Coordinates alone: the original is found while the events topic retains it.
    case coordinatesOnly

    /// Reads the section; nil where nothing or both was chosen, which is noted.
    static func read(_ reading: inout ConfigurationReading) -> QuarantineConfiguration? {
        let (key, only) = ("quarantine.publicKey", "quarantine.coordinatesOnly")
        let publicKey = reading.text(key)
        let before = reading.problems.count
        let coordinatesOnly = reading.flag(only) ?? false
        // A flag that is neither true nor false leaves the choice open: its own problem is enough.
        guard reading.problems.count == before else { return nil }
        switch (publicKey, coordinatesOnly) {
        case (nil, true):
            return .coordinatesOnly
        case (nil, false):
            reading.problem(
                key, "is required, or \(only): true",
                "Make a pair with: protected-identity keys generate; keep the private key elsewhere")
        case (_?, true):
            reading.problem(only, "\(key) is set too", "Set one of the two")
        case (let publicKey?, false) where publicKey.text.allSatisfy(\.isWhitespace):
            reading.problem(key, "is empty", "Write the public key that keys generate prints")
        case (let publicKey?, false):
            return .sealed(publicKey: Secret(publicKey.text.trimming(while: \.isWhitespace)))
        }
        return nil
    }
}
