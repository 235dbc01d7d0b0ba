"""Can the oracle fail? A small feed is answered without fault, and the oracle has to find nothing. Then one thing after the
other is spoilt, and each time it has to find just that."""

import collections
import dataclasses
import json
import struct
import uuid
import zlib

from .feed import Feed
from .messages import Message
from .model import Model, bearers
from .oracle import CANCELLATION, CLEARED, HELD, NOTICE, Evidence, Sent, judge
from .population import CANARY, COLUMNS, TENANTS


def main():
    failures = list(_check())
    for failure in failures:
        print(f"broker suite's self-check: {failure}")
    if not failures:
        print(f"broker suite's self-check: the oracle notices each of {len(SPOILT)} faults, and none where there is none")
    return 1 if failures else 0


def _check():
    feed = Feed("self-check", 1500)
    found = list(judge(_flawless(feed)))
    if found:
        yield f"finds fault with what has none: {found[:3]}"
    for name, (spoil, rules) in SPOILT.items():
        evidence = _flawless(feed)
        spoil(evidence)
        noticed = {rule for rule, _ in judge(evidence)}
        if not noticed or not noticed <= set(rules) or rules[0] not in noticed:
            yield f"{name}: expected {rules}, noticed {sorted(noticed)}"


def _flawless(feed):
    """What a worker without fault leaves behind."""
    contacts, sent, ends = feed.population.contacts, [], collections.Counter()
    for record in feed.records:
        partition = zlib.crc32(record.key.encode()) % 4
        sent.append(Sent(record, partition, ends[partition]))
        ends[partition] += 1
    model, messages = Model(bearers(contacts)), []
    for one in sent:
        messages += _answer(one, model.take(one.record), len(messages))
    before = {contact.id: _row(contact) for contact in contacts}
    after = {id: dict(row) for id, row in before.items()}
    for id in model.cleared:
        after[id] |= CLEARED | {"updated_at": "later", "protected_identity": "t" if id in model.marked else "f"}
    return Evidence(contacts=contacts, sent=sent, messages=messages, before=before, after=after, slices=0,
                    lag={partition: (end, end) for partition, end in ends.items()}, unreadable=[],
                    logs={"worker": b'{"level":"info","message":"batch published"}\n'}, numbers=feed.population.numbers)


def _row(contact):
    row = dict(zip(COLUMNS, contact.row()))
    row["customer_id"], row["national_id"] = row.pop("contact_id"), row.pop("number")
    delivery = {f"delivery.{column}": row[column] for column in ("street", "postal_code", "city")}
    return row | delivery | {"delivery.recipient": row["first_name"], "birth_date": "1859-01-01",
                             "protected_identity": "f", "updated_at": "before"}


def _answer(one, verdict, offset):
    """The messages that a record causes."""
    if verdict.reason:
        headers = (("kafka_dlt-original-partition", struct.pack(">i", one.partition)),
                   ("kafka_dlt-original-offset", struct.pack(">q", one.offset)),
                   ("quarantine-reason", verdict.reason.encode()))
        return [Message("quarantine", 0, offset, b"", b"", headers)]
    if not verdict.outcome:
        return []
    source, id = one.record.identity
    if source != "/registry/spar":
        id = "pseudonym-0123456789abcdef0123456789abcdef"
    tenant = one.record.said.tenant
    data = {"tenant": tenant, "contactIds": sorted(verdict.contacts), "outcome": verdict.outcome,
            "event": {"source": source, "id": id}}
    if verdict.outcome == "redacted":
        data |= {"cleared": sorted(HELD) if verdict.clears else [], "deletion": {"policy": TENANTS[tenant]}}
    told = [_event("outcomes", offset, "outcome", data)]
    command = {"redacted": ("notifications", NOTICE), "protection-lifted": ("deletions", CANCELLATION)}.get(verdict.outcome)
    if command and TENANTS[tenant] == "delete":
        told += [_event(command[0], offset + index, command[1], {"contactId": contact})
                 for index, contact in enumerate(sorted(verdict.contacts), start=1)]
    return told


def _event(topic, offset, type, data):
    headers = (("ce_id", str(uuid.uuid4()).encode()), ("ce_type", type.encode()))
    return Message(topic, 0, offset, b"key", json.dumps(data).encode(), headers)


# What is spoilt, on the first message or contact that will do.

def _index(evidence, topic, **data):
    def fits(message):
        return message.topic == topic and (not data or data.items() <= json.loads(message.value).items())
    return next(index for index, message in enumerate(evidence.messages) if fits(message))


def _lose(topic):
    def spoil(evidence):
        del evidence.messages[_index(evidence, topic)]
    return spoil


def _double(topic, same_id=True):
    def spoil(evidence):
        message = evidence.messages[_index(evidence, topic)]
        headers = message.headers if same_id else (("ce_id", b"another"), *message.headers[1:])
        evidence.messages.append(dataclasses.replace(message, partition=1, headers=headers))
    return spoil


def _change(topic, change, **data):
    """Changes the data of one message."""
    def spoil(evidence):
        index = _index(evidence, topic, **data)
        message = evidence.messages[index]
        value = json.dumps(json.loads(message.value) | change).encode()
        evidence.messages[index] = dataclasses.replace(message, value=value)
    return spoil


def _another_reason(evidence):
    index = _index(evidence, "quarantine")
    message = evidence.messages[index]
    headers = (*message.headers[:2], ("quarantine-reason", b"too-large"))
    evidence.messages[index] = dataclasses.replace(message, headers=headers)


def _an_outcome_instead(evidence):
    """A record that is to be set aside is answered, and the quarantine has nothing of it."""
    one = next(one for one in evidence.sent if one.record.refused and one.record.identity)
    place = struct.pack(">i", one.partition), struct.pack(">q", one.offset)
    evidence.messages = [m for m in evidence.messages if tuple(value for _, value in m.headers[:2]) != place]
    source, id = one.record.identity
    data = {"tenant": "kaffe-klubben", "contactIds": [], "outcome": "unmatched", "event": {"source": source, "id": id}}
    evidence.messages.append(_event("outcomes", 99_999, "outcome", data))


def _row_of(mark, change):
    """Changes the row of a contact: of a marked one, or of one of whom nobody has spoken."""
    def spoil(evidence):
        rows = evidence.after
        if mark:
            id = next(id for id, row in rows.items() if row["protected_identity"] == "t")
        else:
            id = next(id for id, row in rows.items() if row == evidence.before[id])
        rows[id] = rows[id] | change
    return spoil


def _remove_row(evidence):
    del evidence.after[next(iter(evidence.after))]


def _undo_redaction(evidence):
    """As a restored backup would: the row is as before, and only the outcome tells that it was not."""
    id = next(id for id, row in evidence.after.items() if row["protected_identity"] == "t")
    evidence.after[id] = evidence.before[id]


def _put(where, what):
    """Puts bytes into a message or a log."""
    def spoil(evidence):
        content = what(evidence).encode()
        if where == "log":
            evidence.logs["worker"] += b'{"message":"' + content + b'"}\n'
            return
        index = _index(evidence, "outcomes" if where != "quarantine" else "quarantine")
        message = evidence.messages[index]
        changes = {"key": {"key": content}, "header": {"headers": (*message.headers, ("extra", content))},
                   "quarantine": {"value": b"\x00\xff" + content}}[where]
        evidence.messages[index] = dataclasses.replace(message, **changes)
    return spoil


def _form(index):
    return lambda evidence: "x" + next(n for n in evidence.numbers if n.country == "SE").forms[index] + "7"


def _set(**fields):
    def spoil(evidence):
        for name, value in fields.items():
            setattr(evidence, name, value)
    return spoil


_MARK = "the mark is not what the registers say"
_SUM = "the outcomes do not add up to the mark"
_UNTOLD = "cleared and not told, or told and not cleared"
_EXPOSED = "exposed: said to be protected, and not clear"
_CHANGED = "changed and not to be"

# What is spoilt: how, and the rules that notice it: the first one always, the others may.
SPOILT = {
    "an outcome twice": (_double("outcomes"), ["an event with two outcomes", "one id, two messages", _SUM,
                                               "a command is missing"]),
    "an event decided twice": (_double("outcomes", same_id=False), ["an event with two outcomes", _SUM,
                                                                    "a command is missing"]),
    "an outcome lost": (_lose("outcomes"), ["an event without an outcome", _SUM, _UNTOLD, "a command too many"]),
    "an outcome of nothing": (_change("outcomes", {"event": {"source": "/x", "id": "y"}}),
                              ["an outcome of an event that was never sent", "an event without an outcome"]),
    "a replay": (_change("outcomes", {"replay": True}), ["a replay, and nobody has asked for one"]),
    "a quarantine record twice": (_double("quarantine"), ["a record was set aside twice"]),
    "a quarantine record lost": (_lose("quarantine"), ["a record that is to be set aside once was so otherwise"]),
    "a reason": (_another_reason, ["set aside for another reason"]),
    "an outcome instead": (_an_outcome_instead, ["an outcome of what is to be set aside",
                                                 "a record that is to be set aside once was so otherwise"]),
    "a kind of outcome": (_change("outcomes", {"outcome": "superseded"}, outcome="unchanged"), ["another outcome"]),
    "contacts of an outcome": (_change("outcomes", {"contactIds": ["c-999999"]}, outcome="unchanged"),
                               ["an outcome of other contacts"]),
    "fields of an outcome": (_change("outcomes", {"cleared": ["name"]}, outcome="redacted"),
                             ["an outcome tells other fields"]),
    "a policy": (_change("outcomes", {"deletion": {"policy": "delete"}}, outcome="redacted", tenant="nordic-sport"),
                 ["a redaction under another policy"]),
    "a notice lost": (_lose("notifications"), ["a command is missing"]),
    "a notice too many": (_double("notifications", same_id=False), ["a command too many"]),
    "a cancellation lost": (_lose("deletions"), ["a command is missing"]),
    "a contact exposed": (_row_of(True, {"delivery.street": "Street 1"}), [_EXPOSED, _UNTOLD]),
    "a number left": (_row_of(True, {"national_id": "1"}), [_EXPOSED, _UNTOLD]),
    "a redaction undone": (_undo_redaction, [_EXPOSED, _MARK, _SUM, _UNTOLD]),
    "a mark lost": (_row_of(True, {"protected_identity": "f"}), [_MARK, _SUM]),
    "a mark on somebody else": (_row_of(False, {"protected_identity": "t"}), [_MARK, _SUM, _CHANGED]),
    "somebody else cleared": (_row_of(False, CLEARED), [_CHANGED, _UNTOLD]),
    "somebody else touched": (_row_of(False, {"updated_at": "later"}), [_CHANGED]),
    "what is to stay changed": (_row_of(True, {"email": ""}), [_CHANGED]),
    "a contact gone": (_remove_row, ["a contact is gone"]),
    "a slice left": (_set(slices=1), ["decided and not published"]),
    "a record not read": (_set(lag={3: (7, 8)}), ["not read to its end"]),
    "an open transaction": (_set(unreadable=["outcomes-1"]), ["a transaction stands open"]),
    "a name in a key": (_put("key", lambda _: f"{CANARY.lower()}c-1-last"), ["a name or address got out"]),
    "a name in the quarantine": (_put("quarantine", lambda _: CANARY), ["a name or address got out"]),
    "a name in a log": (_put("log", lambda _: f"{CANARY}c-1-street"), ["a name or address got into a log"]),
    "a number in a log": (_put("log", _form(1)), ["a number got into a log"]),
    "an alarm": (_set(logs={"worker": b'{"level":"critical","message":"set back"}'}), ["a worker raised an alarm"]),
} | {f"a number in a header, form {index}": (_put("header", _form(index)), ["a number got out"]) for index in range(4)}
