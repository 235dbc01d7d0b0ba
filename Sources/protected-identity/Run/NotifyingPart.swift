import NotificationWorker

/// The notification worker: a pipeline that is told of a stop before it begins another delivery.
struct NotifyingPart: WorkerPart {
    let pipeline: PipelinePart<NotificationWork>
    let work: NotificationWork
    let transport: any NoticeTransport

    func run() async throws -> Bool {
        defer { transport.close() }
        return try await pipeline.run()
    }

    func stop() {
        work.stop()
        pipeline.stop()
    }
}
