import KafkaClient
import Operations

extension CommandFailure {
    init(_ error: ReplayRangeError) {
        switch error {
        case .unknownPartitions(let partitions, let count):
            let names = partitions.map(\.description).joined(separator: ", ")
            self.init(.data, "no such partition: \(names); the topic has \(count), counted from 0")
        case .offsetOfMany(let partitions):
            self.init(
                .usage,
                "a plain offset is of one partition, and \(partitions) are meant: write partition:offset, or add --partition"
            )
        case .expired(let places):
            self.init(
                .data,
                "the range begins before what is retained: \(Self.list(places)). Begin there; for what is gone ask the feed"
            )
        case .beyondEnd(let places):
            self.init(.data, "the range ends behind what is there: \(Self.list(places)). End there, or leave --to out")
        }
    }

    init(_ refusal: ReplayRefusal) {
        switch refusal {
        case .otherRequest(let id):
            self.init(
                .usage,
                "a replay \(id) has begun with other options: give those to go on with it, or another --id")
        case .nothingToResume(let unfinished):
            let names = unfinished.isEmpty ? "none is unfinished" : "unfinished: \(unfinished.joined(separator: ", "))"
            self.init(.usage, "no replay with these options has begun (\(names)): leave --resume out to begin one")
        }
    }

    private static func list(_ places: [ReplayRangeError.Place]) -> String {
        places.map { place in
            "\(place.partition) at \(place.asked), retained are \(place.retained.lowerBound) to \(place.retained.upperBound)"
        }.joined(separator: "; ")
    }
}
