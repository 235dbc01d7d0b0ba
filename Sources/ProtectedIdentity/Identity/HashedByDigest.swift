/// A value that is itself a digest, by some bits of which it can be looked up.
///
/// The bits are as good as random, and whoever wants others pays for a digest at each try, so that nothing is gained by
/// hashing them once more. Most look-ups of a batch are for such values: a sixth of a decision went into hashing them.
public protocol HashedByDigest: Hashable {
    /// Sixty-four of its bits.
    var digestBits: UInt64 { get }
}

extension HashedByDigest {
    /// The bits, for whoever hashes the value as a part of another one.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(digestBits)
    }

    /// What sets and dictionaries ask for. Their seed differs from table to table and has to take part: values that are
    /// moved from a large table into a small one in the order of their places would else pile up.
    public func _rawHashValue(seed: Int) -> Int {
        let mixed = (digestBits ^ UInt64(truncatingIfNeeded: seed)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: mixed.high ^ mixed.low)
    }
}
