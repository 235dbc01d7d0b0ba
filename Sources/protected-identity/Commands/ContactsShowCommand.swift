import ArgumentParser
import ContactStore
import ProtectedIdentity
import SQLiteContactStore

/// Shows a contact of the embedded registry, beside a worker that may be running.
struct ContactsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a contact, its personal values masked.",
        discussion: "Of the configuration it reads `store` alone.")

    @Argument(help: "The contact's id.")
    var id: String

    @Option(name: .long, help: "Whose contact it is.")
    var tenant: String

    @Flag(name: .long, help: "Print the personal values themselves.")
    var reveal = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard TenantName(rawValue: tenant) != nil else {
            throw ValidationError("--tenant has to be small letters, digits and hyphens, at most 64")
        }
        guard ContactID(rawValue: id) != nil else { throw ValidationError("the id has to be 1 to 128 characters") }
    }

    func run() throws {
        let contact = ShownContact(try find(in: options.store()), reveals: reveal)
        switch output.output {
        case .table: try StandardStreams.printResult(contact.lines.joined(separator: "\n"))
        case .json: try StandardStreams.printJSON(contact)
        }
    }

    /// The contact; an id that is not there is not repeated, since registries use numbers as ids.
    private func find(in store: StoreConfiguration) throws(CommandFailure) -> RegistryContact {
        guard let tenant = TenantName(rawValue: tenant), let id = ContactID(rawValue: id) else {
            throw CommandFailure(.usage, "tenant and id have to be well formed")
        }
        let path = try store.embeddedPath()
        do throws(StoreError) {
            let reader = try SQLiteContactReader(path: path)
            if let contact = try reader.contact(ContactKey(tenant: tenant, id: id)) { return contact }
        } catch {
            throw CommandFailure(store: error, path: path)
        }
        throw CommandFailure(
            .data, "\(path): tenant \(tenant) has no contact of this id; ids are compared letter by letter")
    }
}
