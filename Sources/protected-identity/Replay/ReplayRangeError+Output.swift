import KafkaClient
import Operations

extension CommandFailure {
    init(_ error: ReplayRangeError) {
        switch error {
        case .unknownPartitions(let partitions, let count):
            self.init(.data, "no such partition: \(Self.names(partitions)); the topic has \(count), counted from 0")
        case .offsetOfMany(let partitions):
            self.init(
                .usage,
                "a plain offset is of one partition, and \(partitions) are meant: write partition:offset, or --partition with one"
            )
        case .expired(let places):
            self.init(
                .data,
                "the range begins before what is retained: \(Self.list(places)). Begin there; for what is gone ask the feed"
            )
        case .beyondEnd(let places):
            self.init(
                .data, "the range goes beyond what is there: \(Self.list(places)). Stay within, or leave --to out")
        case .reversed(let partitions):
            self.init(.data, "the range ends before it begins: \(Self.names(partitions))")
        case .unpaired(let partitions):
            self.init(
                .usage,
                "--from, --to and --partition name partitions, and not the same ones: \(Self.names(partitions)). Name each in all "
                    + "of them that name any")
        case .future:
            self.init(.data, "the range begins at a time that is still to come")
        }
    }

    init(_ refusal: ReplayRefusal) {
        switch refusal {
        case .hasBegun(let id, let begun):
            self.init(
                .temporary,
                "replay \(id) of the same began at \(begun) and is not at its end: add --resume to go on with it (of what stood there "
                    + "then; whoever runs it still is taken over), or --id NEW to begin another"
            )
        case .otherRequest(let id):
            self.init(
                .usage,
                "a replay \(id) has begun with other options: give those to go on with it, or another --id")
        case .nothingToResume(let unfinished):
            let names = unfinished.isEmpty ? "none is unfinished" : "unfinished: \(unfinished.joined(separator: ", "))"
            self.init(.usage, "no replay with these options has begun (\(names)): leave --resume out to begin one")
        }
    }

    private static func names(_ partitions: [TopicPartition]) -> String {
        partitions.map(\.description).joined(separator: ", ")
    }

    private static func list(_ places: [ReplayRangeError.Place]) -> String {
        places.map { place in
            "\(place.partition) at \(place.asked), retained are \(place.retained.lowerBound) to \(place.retained.upperBound)"
        }.joined(separator: "; ")
    }
}
