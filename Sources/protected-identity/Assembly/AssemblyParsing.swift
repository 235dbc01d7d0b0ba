import KafkaClient
import ProtectedIdentity

/// One pass from the sources of a configuration to the parts of a worker, which notes every problem and goes on.
struct AssemblyParsing {
    private let sources: ConfigurationSources
    private(set) var problems: [ConfigurationProblem] = []

    init(sources: ConfigurationSources) {
        self.sources = sources
    }

    /// The configuration as plain values; nil where its form is wrong.
    mutating func configuration() -> WorkerConfiguration? {
        do throws(ConfigurationProblems) {
            return try WorkerConfiguration.load(sources)
        } catch {
            problems += error.problems
            return nil
        }
    }

    /// librdkafka's properties; nil where it refuses one. What is wrong with their form is among the configuration's problems.
    ///
    /// - Parameter kafka: the section, where there is one: a password that comes through a pipe cannot be read again.
    mutating func properties(of kafka: KafkaConfiguration?) -> KafkaClient.KafkaProperties? {
        var reading = ConfigurationReading(sources: sources)
        let values = (kafka?.properties ?? KafkaProperties.read(&reading)).reveal()
        do throws(KafkaConfigurationError) {
            return try KafkaClient.KafkaProperties(values)
        } catch {
            problems += ConfigurationProblems(error, sources: sources).problems
            return nil
        }
    }

    /// The seal of the quarantine; nil where there is to be none, or its key is none, which is noted.
    mutating func seal() -> QuarantineSeal? {
        let key = "quarantine.publicKey"
        guard let text = sources.value(of: key)?.text.trimming(while: \.isWhitespace), !text.isEmpty else { return nil }
        if let seal = QuarantineSeal(publicKey: text) { return seal }
        note(key, "is not an X25519 public key: 32 bytes in Base64", "Write the public key that keys generate prints")
        return nil
    }

    /// The keys of the digests; nil where there are none that can be used.
    mutating func keyring(_ configuration: WorkerConfiguration?) -> DigestKeyring? {
        guard let configuration else { return nil }
        do throws(DigestKeyringError) {
            return try DigestKeyring(parsing: configuration.identity.digestKeys.reveal())
        } catch {
            let inFile = "identity.digestKeysFile"
            let key = sources.value(of: inFile) == nil ? "identity.digestKeys" : inFile
            note(key, error.description, "Make keys with: protected-identity keys generate")
            return nil
        }
    }

    /// Everything found, in the order of the table of keys.
    func allProblems() -> ConfigurationProblems {
        var reading = ConfigurationReading(sources: sources)
        reading.problems(problems)
        return ConfigurationProblems(problems: reading.sortedProblems())
    }

    /// Notes what is wrong with a key.
    mutating func note(_ key: String, _ problem: String, _ advice: String) {
        problems.append(
            ConfigurationProblem(key: key, origin: sources.origin(of: key), problem: problem, advice: advice))
    }
}
