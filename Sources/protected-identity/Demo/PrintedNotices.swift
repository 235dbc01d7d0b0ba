import NotificationWorker
import ProtectedIdentity
import Synchronization

/// A stand-in for mail: says that a notice would have gone out, and sends nothing. The address stays where it is.
final class PrintedNotices: NoticeTransport {
    private let taken = Mutex<[ContactID]>([])

    /// Whose notices were handed over, in their order.
    var contacts: [ContactID] { taken.withLock { $0 } }

    var needsAddress: Bool { true }
    var timeout: Duration { .seconds(1) }

    func deliver(_ notice: OutgoingNotice) -> DeliveryReply {
        let delivery = notice.delivery
        let id = delivery.notice.contact.id
        taken.withLock { taken in
            taken.append(id)
            print(
                "  a notice would have gone out: \(id.rawValue), in \(delivery.language) (a stand-in, nothing is sent)")
        }
        return .delivered
    }

    func probe() -> DeliveryReply { .delivered }

    func close() {}
}
