#!/usr/bin/env python3
"""Validates the contract: schemas, AsyncAPI document, example messages, sample feed and, on request, what a worker wrote.

    python3 scripts/validate_schemas.py [--captured FILE]

FILE is JSON Lines of {"topic","key","headers","value"}: a value is text, JSON or null; bytes are {"base64":"..."}.

Needs jsonschema 4.10 or later (Debian: python3-jsonschema) and PyYAML (python3-yaml). AsyncAPI's own metaschema is not
vendored: the structure that AsyncAPI 3.0 requires of what this document uses is checked here by hand, in `AsyncAPI`.
Exit code 0 where all is well, 1 on any problem, 2 where this program cannot run.
"""

import argparse
import base64
import binascii
import csv
import json
import pathlib
import re
import struct
import sys
import warnings

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"{missing}. Install it: make setup (or apt-get install python3-jsonschema python3-yaml)", file=sys.stderr)
    sys.exit(2)

ROOT = pathlib.Path(__file__).resolve().parent.parent / "schemas"
STATUS = "protected-identity.status.v1"
STRUCTURED = "application/cloudevents"

# What a schema alone can see to be wrong, and where; the other reasons need the domain's rules or a registry.
SEEN_IN_HEADERS = {"invalid-envelope", "unknown-type"}
SEEN_IN_DATA = {"invalid-data"}


class Report:
    """Counts what was checked and collects what is wrong."""

    def __init__(self):
        self.counts = {}
        self.problems = []

    def count(self, what, by=1):
        self.counts[what] = self.counts.get(what, 0) + by

    def problem(self, where, what):
        self.problems.append(f"{where}: {what}")


class Schemas:
    """The schemas by file name, their references resolved from disk and never from a network."""

    def __init__(self, report):
        self.documents = {}
        for path in sorted(ROOT.glob("*.schema.json")):
            try:
                self.documents[path.name] = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                report.problem(path.name, f"not JSON: {error}")
        self.by_id = {document.get("$id", name): document for name, document in self.documents.items()}
        self.checker = jsonschema.FormatChecker()

    def check(self, report):
        for name, document in self.documents.items():
            report.count("schemas")
            try:
                jsonschema.Draft202012Validator.check_schema(document)
            except jsonschema.SchemaError as error:
                report.problem(name, f"against the metaschema: {error.message}")
            if not document.get("$id", "").endswith("/" + name):
                report.problem(name, "$id does not end with the file's name")
            for reference in references(document):
                if self.lookup(document.get("$id", ""), reference) is None:
                    report.problem(name, f"$ref leads nowhere: {reference}")

    def lookup(self, base, reference):
        """What a reference from `base` names, or None."""
        target, _, pointer = reference.partition("#")
        document = self.by_id.get(base.rsplit("/", 1)[0] + "/" + target if target else base)
        return follow(document, pointer)

    def validator(self, schema):
        """A validator of one schema; relative references are those of the schemas' folder."""
        if "$id" not in schema:
            base = next(iter(self.by_id)).rsplit("/", 1)[0]
            schema = {"$id": base + "/inline", **schema}
        try:
            from referencing import Registry, Resource
            from referencing.jsonschema import DRAFT202012

            resources = [(i, Resource(contents=d, specification=DRAFT202012)) for i, d in self.by_id.items()]
            how = {"registry": Registry().with_resources(resources)}
        except ImportError:  # jsonschema before 4.18, Debian 12 among them
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                how = {"resolver": jsonschema.RefResolver.from_schema(schema, store=self.by_id)}
        return jsonschema.Draft202012Validator(schema, format_checker=self.checker, **how)

    def errors(self, schema, instance):
        """What is wrong with an instance: place and rule, without the value, which may be personal."""
        found = []
        for error in self.validator(schema).iter_errors(instance):
            place = "/".join(str(step) for step in error.absolute_path) or "(whole)"
            found.append(f"{place} breaks {error.validator}")
        return sorted(found)


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def follow(document, pointer):
    for step in [part for part in pointer.split("/") if part]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            return None
    return document


class AsyncAPI:
    """The AsyncAPI document: its structure, its references, and which schema each message type has."""

    ROOT_MEMBERS = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
    MESSAGE_MEMBERS = {"headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description",
                       "tags", "externalDocs", "bindings", "examples", "traits"}
    CHANNEL_MEMBERS = {"address", "messages", "title", "summary", "description", "servers", "parameters", "tags",
                       "externalDocs", "bindings"}
    OPERATION_MEMBERS = {"action", "channel", "title", "summary", "description", "security", "tags", "externalDocs",
                         "bindings", "traits", "messages", "reply"}

    def __init__(self, report, schemas):
        self.report, self.schemas = report, schemas
        self.document = yaml.safe_load((ROOT / "asyncapi.yaml").read_text(encoding="utf-8"))
        self.messages = {}  # by name: (topic, headers' schema or None, payload's schema)

    def need(self, condition, where, what):
        self.report.count("AsyncAPI rules")
        if not condition:
            self.report.problem(f"asyncapi.yaml {where}", what)
        return condition

    def check(self):
        document = self.document
        if not self.need(isinstance(document, dict), "", "is not an object"):
            return
        self.need(document.get("asyncapi") == "3.0.0", "asyncapi", "is not 3.0.0")
        self.members(document, self.ROOT_MEMBERS, "")
        info = document.get("info", {})
        self.need(isinstance(info.get("title"), str) and isinstance(info.get("version"), str), "info",
                  "title and version are required")
        for name, server in document.get("servers", {}).items():
            self.need("host" in server and "protocol" in server, f"servers/{name}", "host and protocol are required")
            for variable in re.findall(r"\{(\w+)\}", server.get("host", "")):
                self.need(variable in server.get("variables", {}), f"servers/{name}", f"undefined variable {variable}")
        for reference in set(references(document)):
            self.need(self.resolve(reference) is not None, "$ref", f"leads nowhere: {reference}")
        for name, channel in document.get("channels", {}).items():
            self.channel(name, channel)
        for name, operation in document.get("operations", {}).items():
            self.operation(name, operation)

    def members(self, node, allowed, where):
        unknown = {key for key in node if key not in allowed and not key.startswith("x-")}
        self.need(not unknown, where, f"unknown members: {sorted(unknown)}")

    def resolve(self, reference):
        if reference.startswith("#"):
            return follow(self.document, reference[1:])
        path, _, pointer = reference.partition("#")
        return follow(self.schemas.documents.get(path[2:] if path.startswith("./") else path), pointer)

    def channel(self, name, channel):
        where = f"channels/{name}"
        self.members(channel, self.CHANNEL_MEMBERS, where)
        self.need(isinstance(channel.get("address"), str), where, "address is required here")
        topic = channel.get("bindings", {}).get("kafka", {}).get("topic")
        self.need(topic == channel.get("address"), where, "the Kafka binding names another topic")
        for key, pointer in channel.get("messages", {}).items():
            message = self.resolve(pointer["$ref"]) if "$ref" in pointer else pointer
            if message is not None:
                self.message(f"{where}/messages/{key}", topic, message)

    def operation(self, name, operation):
        where = f"operations/{name}"
        self.members(operation, self.OPERATION_MEMBERS, where)
        self.need(operation.get("action") in ("send", "receive"), where, "action is send or receive")
        channel = operation.get("channel", {}).get("$ref", "")
        self.need(re.fullmatch(r"#/channels/[^/]+", channel) is not None, where, "channel is a reference to a channel")
        for message in operation.get("messages", []):
            self.need(message.get("$ref", "").startswith(channel + "/messages/"), where,
                      "messages are references into the operation's own channel")

    def message(self, where, topic, message):
        self.members(message, self.MESSAGE_MEMBERS, where)
        name = message.get("name", "")
        self.need(bool(name) and name not in self.messages, where, "a name of its own is required here")
        if not self.need(self.schema(message, "payload") is not None, where, "the payload has no schema"):
            return
        headers = self.schema(message, "headers")
        self.messages[name] = (topic, headers, self.schema(message, "payload"))
        examples = message.get("examples", [])
        self.need(len(examples) > 0, where, "has no example")
        for example in examples:
            self.members(example, {"name", "title", "summary", "description", "headers", "payload"}, where)
            self.report.count("AsyncAPI examples")
            problems = self.schemas.errors(self.messages[name][2], example.get("payload"))
            if headers is not None:
                problems += self.schemas.errors(headers, example.get("headers", {}))
            for problem in problems:
                self.report.problem(f"asyncapi.yaml {where} example", problem)
            path = ROOT / "examples" / "messages" / f"{example.get('name')}.json"
            twin = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            self.need((twin.get("headers"), twin.get("data")) == (example.get("headers"), example.get("payload")), where,
                      f"the example differs from examples/messages/{path.name}")

    def schema(self, message, part):
        """The schema of a part of a message: what its reference leads to, or what stands there."""
        schema = message.get(part, {}).get("schema")
        if isinstance(schema, dict) and "$ref" in schema:
            return self.resolve(schema["$ref"])
        return schema

    def message_errors(self, topic, headers, data):
        """What is wrong with one message, by its own type's schemas. Of a topic the last part of its name counts: the part
        before it is each installation's own."""
        topic = "protected-identity." + topic.rsplit(".", 1)[-1]
        names = [name for name, (of, _, _) in self.messages.items() if of == topic]
        if not names:
            return [f"no message is defined for topic {topic}"]
        if "quarantined" in names:
            name = "redriven" if "quarantine-redriven" in headers else "quarantined"
        elif str(headers.get("content-type", "")).lower().startswith(STRUCTURED):
            name = STATUS + ".structured"
        else:
            name = headers.get("ce_type")
        if name not in names:
            return ["ce_type is none of this topic's"]
        _, header_schema, payload_schema = self.messages[name]
        problems = self.schemas.errors(payload_schema, data)
        if header_schema is not None:
            problems += [f"headers/{problem}" for problem in self.schemas.errors(header_schema, headers)]
        return problems


def check_messages(report, asyncapi):
    """One example message of each type, and each type has one."""
    seen = set()
    for path in sorted((ROOT / "examples" / "messages").glob("*.json")):
        report.count("example messages")
        message = json.loads(path.read_text(encoding="utf-8"))
        if set(message) != {"topic", "key", "headers", "data"}:
            report.problem(path.name, "is not {topic, key, headers, data}")
            continue
        for problem in asyncapi.message_errors(message["topic"], message["headers"], message["data"]):
            report.problem(path.name, problem)
        structured = str(message["headers"].get("content-type", "")).lower().startswith(STRUCTURED)
        other = "redriven" if "quarantine-redriven" in message["headers"] else "quarantined"
        seen.add(STATUS + ".structured" if structured else message["headers"].get("ce_type", other))
        check_closed(report, asyncapi, path.name, message)
    for name in set(asyncapi.messages) - seen:
        report.problem("examples/messages", f"no example of {name}")


def check_closed(report, asyncapi, name, message):
    """What is written is closed: a member or header too many, or one too few, is refused by the schemas."""
    if message["topic"].endswith(".events"):
        return
    for part in ("headers", "data"):
        if not isinstance(message[part], dict):
            continue
        report.count("refused variants")
        if not asyncapi.message_errors(message["topic"], **{"headers": message["headers"], "data": message["data"],
                                                            part: {**message[part], "personalIdentityNumber": "x"}}):
            report.problem(name, f"a personal member more in {part} is not refused")
    for member in message["data"] or {}:
        report.count("refused variants")
        rest = {key: value for key, value in message["data"].items() if key != member}
        if not asyncapi.message_errors(message["topic"], message["headers"], rest):
            report.problem(name, f"data without {member} is not refused")


def check_feed(report, schemas, asyncapi):
    """Each line of the feed is what it says: valid where it is decided, refused where a schema can tell."""
    line_schema = schemas.documents["feed-line.schema.json"]
    outcomes = {"redacted", "protection-lifted", "unchanged", "superseded", "unmatched", "not-applicable", "duplicate"}
    used = set()
    for path in sorted((ROOT / "examples" / "feed").glob("*.jsonl")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            where = f"{path.name}:{number}"
            report.count("feed lines")
            line = json.loads(text)
            for problem in schemas.errors(line_schema, line):
                report.problem(where, problem)
            expect = line.get("expect")
            used.add(expect)
            if line["mode"] == "raw":
                try:
                    json.loads(line["valueText"])
                    report.problem(where, "a raw line is there for bytes that are no JSON")
                except ValueError:
                    report.count("feed lines refused, as they should be")
                continue
            problems = asyncapi.message_errors("protected-identity.events", line["headers"], line["data"])
            in_headers = [p for p in problems if p.startswith(("headers/", "ce_type"))] or (
                problems if line["mode"] == "structured" else [])
            if expect in SEEN_IN_HEADERS and in_headers or expect in SEEN_IN_DATA and problems and not in_headers:
                report.count("feed lines refused, as they should be")
            elif expect in SEEN_IN_HEADERS | SEEN_IN_DATA:
                report.problem(where, f"{expect} is expected, and the schemas accept it")
            else:
                for problem in problems:
                    report.problem(where, problem)
    for outcome in outcomes - used:
        report.problem("examples/feed", f"nothing shows {outcome}")


def check_contacts(report):
    header = ["contact_id", "tenant", "country", "number", "first_name", "last_name", "care_of", "street",
              "postal_code", "city", "email", "phone"]
    with open(ROOT / "examples" / "contacts.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if rows[0] != header:
        report.problem("contacts.csv:1", "not the documented columns")
    identifiers = set()
    for number, row in enumerate(rows[1:], start=2):
        report.count("contacts")
        if len(row) != len(header):
            report.problem(f"contacts.csv:{number}", f"{len(row)} columns instead of {len(header)}")
            continue
        if (row[1], row[0]) in identifiers:
            report.problem(f"contacts.csv:{number}", "a contact_id that the tenant has already")
        identifiers.add((row[1], row[0]))
        if not row[10].endswith("@example.com"):
            report.problem(f"contacts.csv:{number}", "an e-mail address outside example.com")


INTEGER_HEADERS = {"kafka_dlt-original-partition": ">i", "kafka_dlt-original-offset": ">q",
                   "kafka_dlt-original-timestamp": ">q"}


def decoded_headers(headers):
    """Headers as the schemas describe them: text, and the three integers from their big-endian bytes."""
    decoded = {}
    for name, value in headers.items():
        raw = base64.b64decode(value["base64"], validate=True) if isinstance(value, dict) else None
        if name in INTEGER_HEADERS and not isinstance(value, int):
            (value,) = struct.unpack(INTEGER_HEADERS[name], value.encode() if raw is None else raw)
        elif raw is not None:
            value = raw.decode("utf-8")
        decoded[name] = value
    return decoded


def check_captured(report, asyncapi, path):
    """What a worker wrote: each message valid by its own type, and no type written that is not in the contract."""
    with open(path, encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            where = f"{path}:{number}"
            report.count("captured messages")
            try:
                message = json.loads(text)
                headers, value = decoded_headers(message["headers"]), message["value"]
                if message["topic"].endswith(".quarantine"):
                    value = {"base64": base64.b64encode(value.encode()).decode()} if isinstance(value, str) and value else value or None
                elif isinstance(value, str):
                    value = json.loads(value)
            except (ValueError, KeyError, TypeError, AttributeError, struct.error, binascii.Error) as error:
                report.problem(where, f"not readable ({type(error).__name__})")
                continue
            for problem in asyncapi.message_errors(message["topic"], headers, value):
                report.problem(where, problem)
            if isinstance(value, dict) and "contactIds" in value and "event" in value:
                expected = (value["contactIds"] or [value["event"].get("id")])[0]
                if message.get("key") != expected:
                    report.problem(where, "the key is neither the first contact id nor the event's id")
            elif isinstance(value, dict) and "contactId" in value and message["topic"].endswith(("notifications", "deletions")):
                if message.get("key") != value["contactId"]:
                    report.problem(where, "the key is not the contact id")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--captured", metavar="FILE", action="append", default=[], help="JSON Lines of what a worker wrote")
    arguments = parser.parse_args()
    report = Report()
    try:
        schemas = Schemas(report)
        schemas.check(report)
        asyncapi = AsyncAPI(report, schemas)
        asyncapi.check()
        check_messages(report, asyncapi)
        check_feed(report, schemas, asyncapi)
        check_contacts(report)
        for path in arguments.captured:
            check_captured(report, asyncapi, path)
    except OSError as error:
        print(f"cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    for problem in report.problems:
        print(f"problem: {problem}", file=sys.stderr)
    print("schemas: " + ", ".join(f"{count} {what}" for what, count in report.counts.items())
          + (f"; {len(report.problems)} problems" if report.problems else "; all valid"))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
