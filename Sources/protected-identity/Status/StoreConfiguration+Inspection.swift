import ContactStore
import PostgresContactStore
import SQLiteContactStore

extension StoreConfiguration {
    /// The registry for somebody who changes nothing: the embedded one is read beside the worker that has it.
    func inspection() throws(CommandFailure) -> any RegistryInspection {
        switch location {
        case .sqlite(let path):
            do throws(StoreError) {
                return try SQLiteContactReader(path: path)
            } catch {
                throw CommandFailure(store: error, path: path)
            }
        case .postgres(let settings):
            do throws(StoreError) {
                return try PostgresContactStore(settings)
            } catch {
                throw CommandFailure(.unavailable, error.description)
            }
        }
    }
}
