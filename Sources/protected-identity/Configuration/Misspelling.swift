/// What somebody may have meant by a name that is not known.
enum Misspelling {
    /// The candidate nearest to a name, where one is near enough to be meant: a third of its length apart at most,
    /// capitals aside.
    static func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(1, min(4, name.count / 3))
        return nearest(to: name, among: candidates, within: limit)
    }

    /// The candidate nearest to a name, at most `limit` letters apart.
    static func nearest(to name: String, among candidates: some Sequence<String>, within limit: Int) -> String? {
        let lowered = Array(name.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(lowered, Array(candidate.lowercased().utf8))
            if distance <= limit, distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
