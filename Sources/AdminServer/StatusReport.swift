import Foundation
import KafkaClient
import PrometheusMetrics
import ProtectedIdentity

/// What the status page reads. No contact, no event's identity, no value.
struct StatusReport: Encodable {
    struct Worker: Encodable {
        let name: String
        let group: String
        let assignedPartitions: Int
        let inFlightRecords: Int
    }

    struct Exposure: Encodable {
        let count: Int64
        @Null var p50Seconds: Double?
        @Null var p99Seconds: Double?
    }

    struct History: Encodable {
        let secondsPerSample: Int
        let events: [Double]
        let exposureP50Seconds: [Double?]
        let exposureP99Seconds: [Double?]
    }

    struct Partition: Encodable {
        let worker: String
        let topic: String
        let partition: Int
        let lagRecords: Int
        let lagSeconds: Double
    }

    struct Outcome: Encodable {
        let type: String
        let record: String
        let at: String
    }

    struct Registry: Encodable {
        struct Missing: Encodable {
            let group: String
            let partition: String
            let from: Int64
            let to: Int64
        }

        let ok: Bool
        let reason: String
        let lookedAt: String
        @Null var deletionsDue: Int?
        @Null var owedMessages: Int?
        @Null var unpublishedSlices: Int?
        let missing: [Missing]
    }

    struct Replay: Encodable {
        let id: String
        let stream: String
        let state: String
        let read: Int64
        let total: Int64
        let startedAt: String
    }

    let version: String
    @Null var commit: String?
    let now: String
    let startedAt: String
    let live: WorkerHealth.Answer
    let ready: WorkerHealth.Answer
    let workers: [Worker]
    let events: [String: Int]
    let quarantined: [String: Int]
    let quarantinedProtections: Int
    let exposure: Exposure
    let history: History
    let partitions: [Partition]
    let lastOutcomes: [Outcome]
    @Null var registry: Registry?
    let replays: [Replay]
}

/// Written as `null` where there is nothing: whoever reads the page's numbers finds every member.
@propertyWrapper
struct Null<Value: Encodable & Sendable>: Encodable, Sendable {
    let wrappedValue: Value?

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}
