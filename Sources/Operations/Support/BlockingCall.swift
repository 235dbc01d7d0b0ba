import Foundation

/// A call that blocks, made on a thread of its own.
package struct BlockingCall<Value: Sendable, Failure: Error>: Sendable {
    private let call: @Sendable () throws(Failure) -> Value

    package init(_ call: @escaping @Sendable () throws(Failure) -> Value) {
        self.call = call
    }

    /// Waits for the result without holding up a thread of the cooperative pool.
    package func result() async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            Thread.detachNewThread { [call] in
                do throws(Failure) {
                    continuation.resume(returning: .success(try call()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
