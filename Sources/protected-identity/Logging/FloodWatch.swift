import ServiceLifecycle

/// Tells of floods also while nothing else is logged.
struct FloodWatch: Service {
    let output: LogOutput

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: FloodGate.window)
                output.tellFloods()
            }
        }
    }
}
