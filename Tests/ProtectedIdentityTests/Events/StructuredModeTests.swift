import Foundation
import Testing

@testable import ProtectedIdentity

@Suite("Decoding in structured mode")
struct StructuredModeTests {
    private let decoder = EventDecoder()
    private let attributes = [
        "specversion": "\"1.0\"", "id": "\"e-1\"", "source": "\"/registry/cpr\"",
        "type": "\"protected-identity.status.v1\"", "time": "\"2026-11-23T09:30:00Z\"",
        "datacontenttype": "\"application/json\"",
    ]

    private func value(_ change: (inout [String: String]) -> Void = { _ in }, data: String? = exampleData) -> String {
        var attributes = attributes
        change(&attributes)
        if let data { attributes["data"] = data }
        return "{" + attributes.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func decode(_ value: String?, type: String = "application/cloudevents+json; charset=UTF-8") -> DecodedEvent
    {
        decoder.decode(record([("content-type", type)], value))
    }

    @Test(
        "the content type tells the mode, in any case",
        arguments: [
            "application/cloudevents+json", "Application/CloudEvents+JSON; charset=utf-8", "application/cloudevents",
        ])
    func mode(type: String) throws {
        let event = try event(decode(value(), type: type))
        #expect(event.identity == EventIdentity(source: "/registry/cpr", id: "e-1"))
        #expect(event.numbers == [Sensitive("20000125-2386")])
        #expect(try event.time == moment("2026-11-23T09:30:00Z"))
    }

    @Test(
        "batches and other formats are undecodable",
        arguments: ["application/cloudevents-batch+json", "application/cloudevents+avro"])
    func otherFormats(type: String) {
        #expect(decode(value(), type: type).reason == .undecodable)
    }

    @Test("headers of attributes are not needed and not read")
    func headers() throws {
        let headers =
            binaryHeaders.filter { $0.0 != "content-type" } + [("content-type", "application/cloudevents+json")]
        #expect(try event(decoder.decode(record(headers, value()))).identity.id == "e-1")
    }

    @Test(
        "a missing, doubled or malformed attribute is an invalid envelope",
        arguments: ["specversion", "id", "source", "type"])
    func attributes(name: String) {
        #expect(decode(value { $0[name] = nil }).reason == .invalidEnvelope)
        for wrong in ["null", "1", "{}", "[\"a\"]", "true"] {
            #expect(decode(value { $0[name] = wrong }).reason == .invalidEnvelope)
        }
        let doubled = "{\"\(name)\":\(attributes[name] ?? "")," + value().dropFirst()
        #expect(decode(doubled).reason == .invalidEnvelope)
    }

    @Test("another type is unknown and keeps its identity")
    func unknownType() {
        let decoded = decode(value { $0["type"] = "\"x\"" })
        #expect(decoded.reason == .unknownType)
        #expect(decoded.refusedIdentity?.id == "e-1")
        #expect(decoded.seemsProtected)
    }

    @Test("no value, or one that is no JSON object, is undecodable", arguments: [nil, "", "[]", "null", "{", "\"x\""])
    func noObject(text: String?) {
        #expect(decode(text).reason == .undecodable)
    }

    @Test("data may come in Base64")
    func base64() throws {
        let encoded = Data(exampleData.utf8).base64EncodedString()
        #expect(try event(decode(value({ $0["data_base64"] = "\"\(encoded)\"" }, data: nil))).registry == "SPAR")
        #expect(decode(value({ $0["data_base64"] = "\"%%%\"" }, data: nil)).reason == .undecodable)
        #expect(decode(value({ $0["data_base64"] = "7" }, data: nil)).reason == .undecodable)
        #expect(decode(value { $0["data_base64"] = "\"\(encoded)\"" }).reason == .invalidEnvelope)
    }

    @Test("without data there are no members")
    func noData() {
        #expect(decode(value(data: nil)).reason == .invalidData)
        #expect(decode(value(data: "null")).reason == .invalidData)
        #expect(decode(value(data: "\"text\"")).reason == .invalidData)
    }

    @Test("data of another content type is undecodable")
    func dataType() {
        #expect(decode(value { $0["datacontenttype"] = "\"application/xml\"" }).reason == .undecodable)
        #expect(decode(value { $0["datacontenttype"] = nil }).reason == nil)
        #expect(decode(value { $0["datacontenttype"] = "null" }).reason == nil)
    }

    @Test("a trace context comes by header or by extension, the header first")
    func traceparent() throws {
        let inner = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let outer = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        let value = value { $0["traceparent"] = "\"\(inner)\"" }
        #expect(try event(decode(value)).traceparent == inner)
        let headers = [("content-type", "application/cloudevents+json"), ("traceparent", outer)]
        #expect(try event(decoder.decode(record(headers, value))).traceparent == outer)
    }

    @Test("the same data says the same in both modes, in any order of members and with any white space")
    func content() throws {
        func content(_ decoded: DecodedEvent) throws -> ContentDigestInput {
            guard case .event(_, let content) = decoded else { throw UnexpectedlyRefused() }
            return content
        }
        let binary = try content(decoder.decode(record(binaryHeaders, exampleData)))
        let shuffled = """
            {"protection":"sekretessmarkering","unknown":[1],"registry":"SP\\u0041R","contactId":null,
            "personalIdentityNumber":"20000125-2386","observedAt":"2026-11-23T09:29:58Z","country":"SE",
            "origin":"monitoring","status":"protected","tenant":"nordic-sport"}
            """
        #expect(try content(decode(value())) == binary)
        #expect(try content(decode(value(data: shuffled))) == binary)
        let other = exampleData.replacingOccurrences(of: "20000125-2386", with: "200001252386")
        #expect(try content(decode(value(data: other))) != binary)
    }
}
