import ContactStore
import Foundation
import KafkaClient
import ProtectedIdentity
import TestServers
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("A worker tells how it is", .fewAtOnce)
struct AdminTests {
    private static let person = "20000125-2386"
    private static let ready = "/health/ready"
    private static let live = "/health/live"

    private static func data(_ status: String, _ number: String = person) -> String {
        """
        {"tenant":"nordic-sport","status":"\(status)","origin":"monitoring","country":"SE",\
        "observedAt":"2026-11-23T09:29:58Z","personalIdentityNumber":"\(number)","registry":"SPAR"}
        """
    }

    @Test("what it counts is what it did: outcomes by kind and origin, what was set aside, lag, transactions")
    func numbers() async throws {
        let surroundings = try await Surroundings()
        try surroundings.add([try Self.contact()])
        let worker = try surroundings.startWorker()
        let admin = try await AdminClient(of: worker)
        try surroundings.publish([
            event(id: "e-1", key: "a", data: Self.data("protected")),
            event(id: "e-1", key: "a", data: Self.data("protected")),
            event(id: "e-2", key: "b", data: Self.data("protected", "19000101-0000")),
            event(id: "e-3", key: "c", data: "{"),
        ])
        #expect(
            try await eventually(within: 30) {
                try surroundings.read(Surroundings.outcomes).count
                    + surroundings.read("protected-identity.quarantine").count
                    == 3
            })
        #expect(
            try await eventually(within: 20) {
                let samples = try await admin.samples()
                // An end is known of a partition once its leader has answered a fetch.
                return samples.count { $0.name == "protected_identity_lag_records" } == 4
                    && samples.contains { $0.name == "protected_identity_in_flight_records" && $0.value == 0 }
            })
        let outcomes = try surroundings.read(Surroundings.outcomes)
        let unmatched = outcomes.count { $0.text.contains("\"unmatched\"") }
        let aside = try surroundings.read("protected-identity.quarantine").count
        func events(_ outcome: String) async throws -> Double? {
            try await admin.sample("protected_identity_events_total", ["outcome": outcome, "origin": "monitoring"])
        }
        #expect(try await events("redacted") == 1)
        #expect(try await events("duplicate") == 1)
        #expect(try await events("unmatched") == Double(unmatched))
        let samples = try await admin.samples()
        func sum(_ name: String) -> Double { samples.filter { $0.name == name }.reduce(0) { $0 + $1.value } }
        #expect(sum("protected_identity_quarantined_total") == Double(aside))
        #expect(sum("protected_identity_exposure_seconds_count") == 0)
        #expect(sum("protected_identity_since_observed_seconds_count") == 1)
        #expect(sum("protected_identity_batch_records_sum") == 4)
        #expect(sum("protected_identity_lag_records") == 0)
        #expect(try await admin.sample("protected_identity_transactions_total", ["result": "committed"]) ?? 0 >= 1)
        #expect(try await admin.sample("protected_identity_ready") == 1)
        #expect(try await admin.sample("protected_identity_store_up") == 1)
        #expect(try await admin.sample("process_resident_memory_bytes") ?? 0 > 1_000_000)
        #expect(try await admin.sample("process_cpu_seconds_total") ?? 0 > 0)

        let status = try await admin.get("/status.json").text
        #expect(status.contains("\"redacted\":1"))
        #expect(status.contains("\"type\":\"redacted\""))
        #expect(try await admin.get("/").text.contains("<html"))
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
    }

    @Test("a broker that is away makes it unready and not dead; back again, it is ready")
    func brokerAway() async throws {
        let surroundings = try await Surroundings()
        // A mock that wakes up behind its members' session timeout may trip over them (librdkafka 2.0.2).
        let worker = try surroundings.startWorker([
            "KAFKA_PROPERTIES_SOCKET_TIMEOUT_MS": "2000", "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "45000",
        ])
        let admin = try await AdminClient(of: worker)
        #expect(try await eventually(within: 30) { try await admin.get(Self.ready).status == 200 })
        surroundings.signalBroker(SIGSTOP)
        defer { surroundings.signalBroker(SIGCONT) }
        #expect(try await eventually(within: 60) { try await admin.get(Self.ready).status == 503 })
        #expect(try await admin.get(Self.live).status == 200)
        #expect(try await admin.sample("protected_identity_ready") == 0)
        surroundings.signalBroker(SIGCONT)
        let isBack = try await eventually(within: 60) { try await admin.get(Self.ready).status == 200 }
        let reason = try await admin.get(Self.ready).text
        #expect(isBack, "\(reason)")
        worker.signal(SIGTERM)
        _ = try await worker.exitCode()
    }

    @Test("a worker that is wedged is dead: nobody reads its log; once somebody does, it comes back to life")
    func wedged() async throws {
        let surroundings = try await Surroundings()
        let blocked = Pipe()
        let port = Int.random(in: 20_000..<30_000)
        let worker = try surroundings.startWorker(
            ["LOG_LEVEL": "trace", "ADMIN_STALLED_AFTER": "1s", "ADMIN_PORT": "\(port)"], errors: blocked)
        let admin = AdminClient(port: port)
        #expect(try await eventually(within: 30) { (try? await admin.get(Self.ready).status) == 200 })
        #expect(try await admin.get(Self.live).status == 200)
        // More lines than a pipe holds, and nobody reads them.
        try surroundings.publish(
            (0..<2_000).map { event(id: "e-\($0)", key: "\($0)", data: Self.data("protected")) })
        // Which of the two limits it passes first, the loop's or the store's, depends on where the line that blocks was written.
        #expect(
            try await eventually(within: 60) {
                let answer = try await admin.get(Self.live)
                return answer.status == 503 && answer.text.contains(/for more than [0-9]+ s: redaction/)
            })
        let reader = Thread { while !blocked.fileHandleForReading.availableData.isEmpty {} }
        reader.start()
        #expect(try await eventually(within: 60) { try await admin.get(Self.live).status == 200 })
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode() == 0)
    }

    @Test("where its port is taken it says which key to change, and does not begin")
    func portTaken() async throws {
        let surroundings = try await Surroundings()
        let first = try surroundings.startWorker()
        let port = try await AdminClient(of: first).port
        let second = try surroundings.startWorker(
            ["ADMIN_PORT": "\(port)", "STORE_URL": "sqlite:///\(surroundings.folder.path)/other.sqlite"])
        #expect(try await second.exitCode() == 69)
        #expect(second.standardError.contains("admin.port"))
        #expect(first.isRunning)
    }

    @Test("off, nothing listens; on, it is this machine alone that is answered")
    func listening() async throws {
        let surroundings = try await Surroundings()
        let off = try surroundings.startWorker(["ADMIN_ENABLED": "false"])
        #expect(try await eventually(within: 30) { off.standardError.contains("partitions assigned") })
        #expect(!off.standardError.contains("status page"))
        off.signal(SIGTERM)
        #expect(try await off.exitCode() == 0)
        let on = try surroundings.startWorker()
        let port = try await AdminClient(of: on).port
        // A file of /proc has no size: it is read to its end.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/net/tcp"))
        let listening = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        let place = ":" + String(port, radix: 16, uppercase: true)
        let listeners = listening.split(separator: "\n").filter { $0.contains(place + " 00000000:0000") }
        #expect(!listeners.isEmpty && listeners.allSatisfy { $0.contains("0100007F" + place) })
    }

    @Test(
        "who asks and asks and reads no answer keeps it from nothing, not from its end either", .timeLimit(.minutes(15))
    )
    func deaf() async throws {
        let surroundings = try await Surroundings()
        let worker = try surroundings.startWorker()
        let admin = try await AdminClient(of: worker)
        let program = """
            import socket, time
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(("127.0.0.1", \(admin.port)))
            client.settimeout(1)
            try:
                for _ in range(200): client.sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
            except OSError: pass
            print("sent", flush=True)
            time.sleep(100)
            """
        let client = Process()
        client.executableURL = URL(filePath: "/usr/bin/env")
        client.arguments = ["python3", "-c", program]
        let output = surroundings.folder.appending(path: "client.out")
        try Data().write(to: output)
        client.standardOutput = try FileHandle(forWritingTo: output)
        try client.run()
        defer { client.terminate() }
        #expect(try await eventually(within: 20) { try String(contentsOf: output, encoding: .utf8) == "sent\n" })
        #expect(try await admin.get(Self.live).status == 200)
        worker.signal(SIGTERM)
        #expect(try await worker.exitCode(within: 10) == 0)
    }

    private static func contact() throws -> RegistryContact {
        var details = RegistryContact.Details()
        details.number = Sensitive("000125-2386")
        details.firstName = Sensitive("Tolvan")
        return RegistryContact(
            key: ContactKey(
                tenant: try #require(TenantName(rawValue: "nordic-sport")), id: try #require(ContactID(rawValue: "c-1"))
            ),
            country: CountryCode(.sweden), details: details)
    }
}
