"""One run, from making the topics to the verdict."""

import collections
import json
import pathlib
import shutil
import tempfile
import time

from .broker import Broker, Feeding
from .database import ROOT, Database
from .faults import Faults
from .feed import Feed
from .oracle import Evidence, judge
from .workers import Group

# How long nothing may move, once nothing disturbs, before we call it a standstill: a dead member's session, an open
# transaction of a dead worker and a database that comes up take less.
STANDSTILL = 120
SHOWN = 20


class Failed(Exception):
    """The run cannot go on."""


def run(settings):
    """Runs the suite and returns how many violations there are."""
    broker = Broker(settings.servers, settings.suffix, settings.partitions)
    try:
        brokers = broker.describe()
    except Exception as error:
        raise Failed(f"no broker can be reached at {settings.servers} (KAFKA_BOOTSTRAP_SERVERS): {error}") from None
    feed = Feed(settings.seed, settings.events)
    say(f"seed {settings.seed}, {len(feed.records)} records, {len(feed.population.contacts)} contacts, "
        f"{settings.workers} workers; {brokers} brokers, topics {broker.topics['events']} and so on")
    try:
        broker.create(brokers)
    except Exception as error:
        raise Failed(f"the topics cannot be made: {error}") from None
    folder = pathlib.Path(tempfile.mkdtemp(prefix="broker-suite-", dir=ROOT / ".build"))
    database = group = None
    violations = ["unfinished"]
    try:
        database = Database()
        group = Group(settings.program, folder, broker, database, static=settings.static)
        violations = _run(settings, broker, database, group, feed)
        return len(violations)
    finally:
        if group:
            group.abandon()
        if database:
            database.stop()
        if settings.keep:
            say(f"kept: topics {broker.topics['events']} and so on, logs in {folder}")
        else:
            broker.delete()
        if violations and not settings.keep:
            say(f"the workers' logs: {folder}")
        elif not settings.keep:
            shutil.rmtree(folder)


def _run(settings, broker, database, group, feed):
    database.fill(feed.population.contacts, settings.program)
    before = database.rows()
    begin = time.monotonic()
    feeding = Feeding(broker, feed.records, settings.seconds)
    faults = Faults(settings.seed, group, database, settings.workers)
    feeding.start()
    _disturb(broker, feeding, faults, settings)
    faults.cease()
    say(f"after {time.monotonic() - begin:.0f} s: no more faults; waiting until everything is read")
    problems = _calm(broker, feeding, faults, len(feed.records))
    group.stop(within=60)
    _look_after(group, database)
    seconds = time.monotonic() - begin
    messages, unreadable = broker.read(within=120)
    evidence = Evidence(
        contacts=feed.population.contacts, sent=feeding.sent(), messages=messages, before=before, after=database.rows(),
        slices=database.slices(), lag=broker.progress(), unreadable=unreadable, logs=group.logs(),
        numbers=feed.population.numbers)
    violations = problems + group.problems + list(judge(evidence))
    aborted = len(broker.read(within=60, isolation="read_uncommitted")[0]) - len(messages)
    _summarise(feed, faults, group, evidence, aborted, seconds, violations)
    return violations


def _disturb(broker, feeding, faults, settings):
    """Faults, while the feed runs and until most of it is read, but not for ever."""
    begin, shown = time.monotonic(), 0
    while time.monotonic() - begin < settings.seconds * 3:
        faults.tick()
        time.sleep(0.05)
        if feeding.failure:
            raise Failed(feeding.failure)
        if time.monotonic() - shown > 10:
            shown = time.monotonic()
            read, end = _totals(broker)
            say(f"  {shown - begin:4.0f} s: {read} of {end} read; {_counted(faults.counts)}")
            if not feeding.is_alive() and read >= 0.9 * end:
                return


def _calm(broker, feeding, faults, records):
    """Waits until the group has read everything, or stands still."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < STANDSTILL:
        faults.tick()
        time.sleep(1)
        if feeding.failure:
            raise Failed(feeding.failure)
        read, end = _totals(broker)
        if not feeding.is_alive() and read == end:
            # The feed writes no transactions, so that every offset is a record.
            return [] if end == records else [("the feed is not as it was sent", f"{end} records instead of {records}")]
        if read != last:
            last, since = read, time.monotonic()
    feeding.join()
    if feeding.failure:
        raise Failed(feeding.failure)
    return [("a standstill", f"{read} of {end} read, and nothing moved for {STANDSTILL} s")]


def _look_after(group, database):
    """A last worker finds what a paused one has left in the store: slices that hold nothing stand until somebody is assigned
    their partition."""
    if not database.slices():
        return
    group.start(group.static)
    deadline = time.monotonic() + 60
    while database.slices() and time.monotonic() < deadline:
        time.sleep(0.5)
    group.stop(within=60)


def _totals(broker):
    progress = broker.progress().values()
    return sum(committed for committed, _ in progress), sum(end for _, end in progress)


def _summarise(feed, faults, group, evidence, aborted, seconds, violations):
    told = collections.Counter()
    for message in evidence.messages:
        told[json.loads(message.value)["outcome"] if message.topic == "outcomes" else message.topic] += 1
    events = len({record.identity or index for index, record in enumerate(feed.records)})
    notices = collections.Counter()
    for text in evidence.logs.values():
        for line in text.splitlines():
            notices.update(word for word in NOTICES if word.encode() in line)
    set_aside = told.pop("quarantine", 0)
    say(f"{len(feed.records)} records of {events} events in {seconds:.0f} s")
    say(f"faults: {_counted(faults.counts)}")
    say(f"workers ended: {_counted(group.ended)}; their logs: {_counted(notices)}")
    say(f"written: {_counted(told)}")
    say(f"quarantined: {set_aside}")
    say(f"in aborted transactions, which no read_committed reader sees: {aborted}")
    for rule, count in collections.Counter(rule for rule, _ in violations).items():
        say(f"VIOLATION: {rule}: {count}")
        for _, what in [violation for violation in violations if violation[0] == rule][:SHOWN]:
            say(f"  {what}")
    say(f"violations: {len(violations)}")


# Lines that show that the faults have reached what they were meant for.
NOTICES = ("partitions lost", "partitions revoked", "session failed", "a Kafka transaction was aborted", "the store fails")


def _counted(counts):
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items())) or "none"


def say(text):
    print(text, flush=True)
