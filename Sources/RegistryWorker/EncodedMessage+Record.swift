public import KafkaClient
public import ProtectedIdentity

extension OutgoingRecord {
    /// A message as the record that bears it.
    public init(_ message: EncodedMessage, topic: String) {
        self.init(
            topic: topic, key: message.key, value: message.value,
            headers: message.headers.map { RecordHeader($0.0, $0.1) })
    }
}
