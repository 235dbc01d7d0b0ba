"""The judge. Nothing here touches Kafka or PostgreSQL: it is given what was sent and what is there now, and says what is
wrong, with ids of events and contacts and never a personal value. `self_check` shows that it can tell."""

import collections
import dataclasses

from .canaries import Canaries
from .messages import Aside, Asked, Told
from .model import Model, bearers
from .population import CANARY, TENANTS

NOTICE = "protected-identity.notification.requested.v1"
CANCELLATION = "protected-identity.deletion.cancelled.v1"
HELD = frozenset({"name", "address", "personalIdentityNumber", "birthDate"})


@dataclasses.dataclass(frozen=True)
class Sent:
    """A record of the feed, and where Kafka has put it."""

    record: object
    partition: int
    offset: int


@dataclasses.dataclass
class Evidence:
    """Everything that the oracle looks at."""

    contacts: list  # of population.Contact
    sent: list  # of Sent
    messages: list  # of messages.Message: what a read_committed reader sees
    before: dict  # contact id: its row and those that hang on it, column by column
    after: dict
    slices: int  # rows of the worker's table of what is still to be published
    lag: dict  # partition: (committed offset, end offset)
    unreadable: list  # partitions of outgoing topics whose end a read_committed reader does not reach
    logs: dict  # name: bytes
    numbers: list  # of population.Number


def judge(evidence):
    """All violations, as (rule, what) in no order that means anything."""
    told = [Told.of(m) for m in evidence.messages if m.topic == "outcomes"]
    asked = [Asked.of(m) for m in evidence.messages if m.topic in ("notifications", "deletions")]
    aside = [Aside.of(m) for m in evidence.messages if m.topic == "quarantine"]
    told_of = _by_event(told, evidence.sent)
    yield from judge_ids(evidence.messages)
    yield from judge_outcomes(evidence.sent, told, told_of, aside)
    yield from judge_decisions(evidence.contacts, evidence.sent, told_of, aside)
    yield from judge_commands(told, asked)
    yield from judge_rows(evidence.contacts, evidence.sent, told, evidence.before, evidence.after)
    yield from judge_leftovers(evidence.slices, evidence.lag, evidence.unreadable)
    yield from judge_canaries(evidence.numbers, evidence.messages, evidence.logs)


def _by_event(told, sent):
    """Outcomes by event. A number in an event's id is published as a pseudonym; such events have a source of their own."""
    events = {}
    for one in sent:
        if one.record.identity:
            source, id = one.record.identity
            events[source, id] = one.record.identity
            events.setdefault(source, one.record.identity)
    found = collections.defaultdict(list)
    for outcome in told:
        is_hidden = outcome.id.startswith("pseudonym-")
        found[events.get(outcome.source if is_hidden else (outcome.source, outcome.id))].append(outcome)
    return found


def judge_ids(messages):
    """No two messages have one id, wherever they stand."""
    seen = {}
    for message in messages:
        if message.topic == "quarantine":
            continue
        id = message.header("ce_id")
        if id in seen:
            yield "one id, two messages", f"{seen[id]} and {message.place}"
        seen[id] = message.place


def judge_outcomes(sent, told, told_of, aside):
    """One outcome for each identity, or one quarantine record for each record that was set aside; never neither."""
    for outcome in told:
        if outcome.is_replay:
            yield "a replay, and nobody has asked for one", outcome.place
    for outcome in told_of.get(None, ()):
        yield "an outcome of an event that was never sent", outcome.place
    times = collections.Counter((a.partition, a.offset) for a in aside)
    places = {(one.partition, one.offset): one.record for one in sent}
    for place, count in times.items():
        if place not in places:
            yield "a quarantine record of a record that was never sent", f"{place[0]}@{place[1]}"
        elif count > 1:
            yield "a record was set aside twice", f"{places[place].event} at {place[0]}@{place[1]}"
    by_identity = collections.defaultdict(list)
    for one in sent:
        by_identity[one.record.identity or (one.partition, one.offset)].append(one)
    for identity, group in by_identity.items():
        name = group[0].record.event
        outcomes = len(told_of.get(identity, ()))
        set_aside = [one for one in group if times[one.partition, one.offset]]
        contents = {one.record.value for one in group}
        if group[0].record.refused:
            # Copies under one identity are known for copies; without an identity each is set aside by itself.
            if outcomes:
                yield "an outcome of what is to be set aside", name
            if len(set_aside) != 1:
                yield "a record that is to be set aside once was so otherwise", f"{name}: {len(set_aside)} times"
            continue
        if outcomes != 1:
            yield ("an event without an outcome" if outcomes == 0 else "an event with two outcomes"), name
        # The first content that is read has the outcome, every record of another content is set aside.
        expected = [[one for one in group if one.record.value != content] for content in contents]
        if set_aside not in expected:
            yield "set aside are others than those under a used identity", f"{name}: {len(set_aside)} of {len(group)}"


def judge_decisions(contacts, sent, told_of, aside):
    """The decision is the contract's: for persons whose records stand in one partition, outcome by outcome; for the others
    as far as the order does not matter."""
    reasons = {(a.partition, a.offset): a.reason for a in aside}
    known = bearers(contacts)
    for group in _persons(sent):
        is_ordered = len({one.partition for one in group}) == 1
        model = Model(known)
        for one in sorted(group, key=lambda one: (one.partition, one.offset)):
            record, place = one.record, (one.partition, one.offset)
            verdict = model.take(record)
            if place in reasons and reasons[place] != (record.refused or "identity-reused"):
                yield "set aside for another reason", f"{record.event}: {reasons[place]}"
            if not is_ordered or verdict.outcome is None:
                continue
            for outcome in told_of.get(record.identity, ()):
                cleared = HELD if verdict.clears else frozenset()
                if outcome.outcome != verdict.outcome:
                    yield "another outcome", f"{record.event}: {outcome.outcome}, not {verdict.outcome}"
                elif outcome.contacts != verdict.contacts:
                    yield "an outcome of other contacts", record.event
                elif outcome.cleared != cleared:
                    yield "an outcome tells other fields", f"{record.event}: {', '.join(sorted(outcome.cleared))}"


def judge_commands(told, asked):
    """Where contacts are deleted: a notice with each redaction, a cancellation with each lifting, and no other command."""
    expected = collections.Counter()
    for outcome in told:
        if outcome.outcome == "redacted" and outcome.policy != TENANTS.get(outcome.tenant):
            yield "a redaction under another policy", outcome.place
        if TENANTS.get(outcome.tenant) == "delete":
            command = {"redacted": NOTICE, "protection-lifted": CANCELLATION}.get(outcome.outcome)
            expected.update((command, contact) for contact in outcome.contacts if command)
    given = collections.Counter((command.type, command.contact) for command in asked)
    for (command, contact), count in (expected - given).items():
        yield "a command is missing", f"{command} for {contact}: {count}"
    for (command, contact), count in (given - expected).items():
        yield "a command too many", f"{command} for {contact}: {count}"


def judge_rows(contacts, sent, told, before, after):
    """Who is protected is marked and clear, who is not has no mark, and nobody else's row differs in a byte."""
    redacted, lifted = collections.Counter(), collections.Counter()
    for outcome in told:
        {"redacted": redacted, "protection-lifted": lifted}.get(outcome.outcome, collections.Counter()).update(
            outcome.contacts)
    # Who is marked in the end does not depend on the order, so that the feed's own will do.
    model = Model(bearers(contacts))
    for one in sent:
        model.take(one.record)
    marked = model.marked
    for contact in contacts:
        id = contact.id
        if id not in after:
            yield "a contact is gone", id
            continue
        is_marked, is_clear = after[id]["protected_identity"] == "t", is_cleared(after[id])
        if id in marked and not is_clear:
            yield "exposed: said to be protected, and not clear", id
        if is_marked != (id in marked):
            yield "the mark is not what the registers say", id
        if redacted[id] - lifted[id] != is_marked:
            yield "the outcomes do not add up to the mark", f"{id}: {redacted[id]} redacted, {lifted[id]} lifted"
        if is_clear != (redacted[id] > 0):
            yield "cleared and not told, or told and not cleared", id
        if redacted[id] + lifted[id] == 0:
            differing = {column for column in before[id] if after[id].get(column) != before[id][column]}
        else:
            differing = {column for column in before[id] if column not in CHANGING and
                         after[id].get(column) != before[id][column]}
        if differing:
            yield "changed and not to be", f"{id}: {', '.join(sorted(differing))}"
    for id in after.keys() - before.keys():
        yield "a contact that was not there", id


# Columns as `database` names them: the map of docs/examples/worker.yaml, and what is written over what cannot be empty.
CLEARED = {"national_id": "", "first_name": "", "last_name": "-", "care_of": "", "street": "", "postal_code": "", "city": "",
           "birth_date": "", "delivery.recipient": "", "delivery.street": "", "delivery.postal_code": "",
           "delivery.city": ""}
CHANGING = CLEARED.keys() | {"protected_identity", "updated_at"}


def is_cleared(row):
    """Whether nothing is left in a row."""
    return all(row[column] == empty for column, empty in CLEARED.items())


def judge_leftovers(slices, lag, unreadable):
    """Everything was read, and everything that was decided is published."""
    if slices:
        yield "decided and not published", f"{slices} slices"
    for partition, (committed, end) in sorted(lag.items()):
        if committed != end:
            yield "not read to its end", f"partition {partition}: {committed} of {end}"
    for place in unreadable:
        yield "a transaction stands open", place


def judge_canaries(numbers, messages, logs):
    """No name, address or number in any byte that left."""
    canaries = Canaries(CANARY, numbers)
    for message in messages:
        for kind in canaries.found_in(message.bytes):
            yield f"a {kind} got out", message.place
    for name, text in logs.items():
        for line, content in enumerate(text.splitlines(), start=1):
            for kind in canaries.found_in(content):
                yield f"a {kind} got into a log", f"{name}:{line}"
            # What librdkafka calls fatal ends a session, and the next one begins: its lines have a facility.
            if b'"level":"critical"' in content and b'"facility"' not in content:
                yield "a worker raised an alarm", f"{name}:{line}"


def _persons(sent):
    """The records by the person that they speak of, in the order of the feed."""
    groups = collections.defaultdict(list)
    for one in sent:
        groups[one.record.person].append(one)
    return groups.values()
