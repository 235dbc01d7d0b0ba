"""What the workers have written, as a reader downstream understands it."""

import dataclasses
import json
import struct


@dataclasses.dataclass(frozen=True)
class Message:
    """A record of one of the outgoing topics."""

    topic: str  # the short name: outcomes, notifications, deletions, quarantine
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple  # of (name, bytes)

    @property
    def place(self):
        return f"{self.topic}-{self.partition}@{self.offset}"

    def header(self, name):
        return next((value for given, value in self.headers if given == name), None)

    @property
    def bytes(self):
        return b"\n".join([self.key, self.value, *(name.encode() + b": " + value for name, value in self.headers)])


@dataclasses.dataclass(frozen=True)
class Told:
    """An outcome."""

    place: str
    source: str
    id: str
    outcome: str
    contacts: frozenset
    cleared: frozenset
    policy: str | None
    tenant: str
    is_replay: bool

    @staticmethod
    def of(message):
        data = json.loads(message.value)
        return Told(message.place, data["event"]["source"], data["event"]["id"], data["outcome"],
                    frozenset(data["contactIds"]), frozenset(data.get("cleared", ())),
                    data.get("deletion", {}).get("policy"), data["tenant"], data.get("replay", False))


@dataclasses.dataclass(frozen=True)
class Asked:
    """A command to a worker downstream."""

    type: str
    contact: str

    @staticmethod
    def of(message):
        return Asked(message.header("ce_type").decode(), json.loads(message.value)["contactId"])


@dataclasses.dataclass(frozen=True)
class Aside:
    """A quarantine record: which record of the events topic, and why."""

    partition: int
    offset: int
    reason: str

    @staticmethod
    def of(message):
        (partition,) = struct.unpack(">i", message.header("kafka_dlt-original-partition"))
        (offset,) = struct.unpack(">q", message.header("kafka_dlt-original-offset"))
        return Aside(partition, offset, message.header("quarantine-reason").decode())
