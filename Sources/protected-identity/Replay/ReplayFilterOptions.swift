import ArgumentParser
import Operations
import ProtectedIdentity

/// Which events a replay is about.
struct ReplayFilterOptions: ParsableArguments {
    @Option(name: .long, help: "Events of this tenant.", transform: Self.tenant)
    var tenant: TenantName?

    @Option(
        name: .long, help: ArgumentHelp("Events of this country's register, like SE.", valueName: "country"),
        transform: Self.country)
    var country: CountryCode?

    @Option(
        name: .long,
        help: ArgumentHelp("Events that came about so: monitoring, lookup or manual.", valueName: "origin"),
        transform: Self.origin)
    var origin: Origin?

    @Option(
        name: .long, help: ArgumentHelp("The event of this id; ids are a source's own, see --source.", valueName: "id"))
    var eventId: String?

    @Option(name: .long, help: ArgumentHelp("Events of this source.", valueName: "source"))
    var source: String?

    @Option(
        name: .long, help: ArgumentHelp("Events that name this contact by its id.", valueName: "id"),
        transform: Self.contact)
    var contact: ContactID?

    @Flag(
        name: .long,
        help: "Events that name a number, which is read from standard input; needs --country SE or DK.")
    var number = false

    @Option(
        name: .long, help: ArgumentHelp("Likewise, from the first line of a file.", valueName: "file"),
        completion: .file())
    var numberFile: String?

    var isEmpty: Bool {
        tenant == nil && country == nil && origin == nil && eventId == nil && source == nil && contact == nil && !number
            && numberFile == nil
    }

    func validate() throws {
        if number, numberFile != nil { throw ValidationError("--number and --number-file exclude each other") }
        if number || numberFile != nil, country?.served == nil {
            throw ValidationError("a number needs --country SE or DK: ten digits can be either")
        }
    }

    /// What is meant; reads the number.
    func filter(_ keyring: DigestKeyring) throws(CommandFailure) -> ReplayFilter {
        var filter = ReplayFilter()
        (filter.tenant, filter.country, filter.origin) = (tenant, country, origin)
        (filter.eventID, filter.eventSource, filter.contactID) = (eventId, source, contact)
        guard number || numberFile != nil, let country = country?.served else { return filter }
        let place = numberFile ?? "standard input"
        let written = if let numberFile { try NumberInput.read(file: numberFile) } else { try NumberInput.read() }
        do throws(NumberError) {
            let number = try PersonalIdentityNumber.parse(
                written.reveal(), country: country, today: WallClock.now().date)
            filter.number = NumberDigests(of: number, keyring: keyring)
            return filter
        } catch {
            throw CommandFailure(
                .data,
                "\(place): what was read is no personal identity number of \(country.rawValue) that a register bears")
        }
    }

    private static func tenant(_ text: String) throws -> TenantName {
        guard let tenant = TenantName(rawValue: text) else {
            throw ValidationError("a tenant is small letters, digits and hyphens, at most 64")
        }
        return tenant
    }

    private static func country(_ text: String) throws -> CountryCode {
        guard let country = CountryCode(rawValue: text) else {
            throw ValidationError("write two letters, like SE or DK")
        }
        return country
    }

    private static func origin(_ text: String) throws -> Origin {
        guard let origin = Origin(rawValue: text) else {
            throw ValidationError("write one of: \(Origin.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return origin
    }

    private static func contact(_ text: String) throws -> ContactID {
        guard let contact = ContactID(rawValue: text) else { throw ValidationError("an id has 1 to 128 characters") }
        return contact
    }
}
