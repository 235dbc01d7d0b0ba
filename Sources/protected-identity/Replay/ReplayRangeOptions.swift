import ArgumentParser
import Operations
import ProtectedIdentity

/// Which records a replay reads.
struct ReplayRangeOptions: ParsableArguments {
    private static let form =
        "an offset as partition:offset (may be given for each partition) or, of one partition, alone; \(MomentText.form)"

    @Option(
        name: .long, parsing: .singleValue, help: ArgumentHelp("Where to begin: \(Self.form).", valueName: "place"))
    var from: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Where to end, likewise, and before it; by default at what stands there now.", valueName: "place"))
    var to: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("This partition alone. May be given more than once.", valueName: "number"))
    var partition: [Int32] = []

    var isEmpty: Bool { from.isEmpty && to.isEmpty && partition.isEmpty }

    /// The range as it was said, to be known again.
    var asSaid: String { "\(from.sorted().joined(separator: ",")) \(to.sorted().joined(separator: ","))" }

    /// The range.
    func range() throws -> ReplayRange {
        guard let begin = try Self.bound(from, "--from") else {
            throw ValidationError("say where to begin with --from: \(Self.form)")
        }
        guard partition.allSatisfy({ $0 >= 0 }) else { throw ValidationError("--partition takes a number from 0") }
        let end = try Self.bound(to, "--to")
        if case .time(let from) = begin, case .time(let to)? = end, to <= from {
            throw ValidationError("--to has to be later than --from")
        }
        return ReplayRange(from: begin, to: end, partitions: Set(partition))
    }

    private static func bound(_ texts: [String], _ option: String) throws -> ReplayBound? {
        var offsets: [Int32: Int64] = [:]
        for text in texts {
            if let (partition, offset) = Self.offset(text) {
                guard offsets.updateValue(offset, forKey: partition) == nil else {
                    throw ValidationError("\(option) names partition \(partition) twice")
                }
            } else if texts.count > 1 {
                throw ValidationError("\(option) may be given more than once as partition:offset alone")
            } else if let offset = Int64(text), offset >= 0 {
                return .offset(offset)
            } else if let moment = MomentText.parse(text, now: WallClock.now()) {
                return .time(moment)
            } else {
                throw ValidationError("\(option): write \(form)")
            }
        }
        return offsets.isEmpty ? nil : .offsets(offsets)
    }

    private static func offset(_ text: String) -> (Int32, Int64)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let partition = Int32(parts[0]), let offset = Int64(parts[1]), partition >= 0,
            offset >= 0
        else { return nil }
        return (partition, offset)
    }
}
