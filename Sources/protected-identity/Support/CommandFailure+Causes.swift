import ContactStore
import KafkaClient
import Operations

extension CommandFailure {
    /// What a person is told of any error that reaches the top.
    ///
    /// Of an error of unknown type only the type is named: its own description may quote what it failed on.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let problems as ConfigurationProblems: self.init(.configuration, problems.description)
        case let error as KafkaConfigurationError: self.init(ConfigurationProblems(error))
        case let error as KafkaError: self.init(kafka: error)
        case let error as StoreError: self.init(store: error)
        case let failure as AuditFailure: self.init(failure)
        case let topic as MissingTopic: self.init(topic)
        case let transaction as OpenTransaction: self.init(transaction)
        case let error as ReplayRangeError: self.init(error)
        case let refusal as ReplayRefusal: self.init(refusal)
        default:
            self.init(
                .software, "unexpected failure (\(type(of: error))); this is a defect of the program, please report it")
        }
    }

    private init(kafka error: KafkaError) {
        let (exit, advice): (ExitCode, String) =
            switch error.code {
            case _ where error.isFenced:
                (
                    .temporary,
                    "Another process has taken this one's identity: kafka.instanceId, or a second redrive. Give each its own, or "
                        + "end the other"
                )
            case .topicAuthorizationFailed, .groupAuthorizationFailed, .transactionalIDAuthorizationFailed:
                (.noPermission, "Grant it to the user that kafka.properties names")
            default:
                (.unavailable, "See kafka.bootstrapServers and kafka.properties; `check` looks at each of them")
            }
        self.init(exit, "Kafka: \(error). \(advice).")
    }

    private init(store error: StoreError) {
        switch error {
        case .transient(let text): self.init(.temporary, text)
        case .refused(let text): self.init(.data, text)
        case .unusable(let text): self.init(.unavailable, text)
        case .setBack: self.init(.unavailable, error.description)
        }
    }
}
