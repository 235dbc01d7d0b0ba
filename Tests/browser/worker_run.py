"""A worker of this build with the admin server, its broker and database, and a feed whose expected numbers are known."""

import base64
import collections
import dataclasses
import datetime
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from broker_suite.database import CONFIGURATION, Database
from broker_suite.feed import Feed
from broker_suite.model import Model, bearers
from confluent_kafka import Producer

EVENTS = "protected-identity.events"
# The embedded broker keeps 5 MiB of a partition: so many hold a hundred thousand events.
PARTITIONS = 24
WRITTEN = {"outcomes": 12, "notifications": 12, "deletions": 12, "quarantine": 12}


@dataclasses.dataclass
class Expected:
    """What the contract makes of the feed: the oracle's numbers."""

    events: collections.Counter  # by outcome; copies are duplicates
    quarantined: collections.Counter  # by reason
    protections: int  # of those set aside
    exposures: int  # redactions by events that tell their time
    verdicts: list  # of each record, the outcome or "quarantined"

    @staticmethod
    def of(feed):
        """Every person's records stand in one partition in the feed's order, and persons do not touch each other: the numbers
        do not depend on which partition is read when."""
        model = Model(bearers(feed.population.contacts))
        expected = Expected(collections.Counter(), collections.Counter(), 0, 0, [])
        for record in feed.records:
            verdict = model.take(record)
            if verdict.reason:
                expected.quarantined[verdict.reason] += 1
                expected.protections += b'"not-protected"' not in record.value
                expected.verdicts.append("quarantined")
                continue
            outcome = verdict.outcome or "duplicate"
            expected.events[outcome] += 1
            expected.exposures += outcome == "redacted" and tells_time(record)
            expected.verdicts.append(outcome)
        return expected

    @property
    def total(self):
        return self.events.total() + self.quarantined.total()


def tells_time(record):
    """A structured event is sent as it is; one in headers gets the time of its sending, from which exposure counts."""
    return any(name == "ce_type" for name, _ in record.headers)


class WorkerRun:
    """Broker, database and worker, from their start to `stop`."""

    def __init__(self, programs, seed, events, seconds):
        self.feed = Feed(seed, events)
        self.expected = Expected.of(self.feed)
        self.places = {}  # topic-partition@offset: index of the record
        self.failure = None
        self._seconds = seconds
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="status-page-"))
        self._parts = []
        self.database = None
        try:
            self._start(programs)
        except BaseException:
            self.stop()
            raise

    def _start(self, programs):
        self.database = Database()
        self.database.fill(self.feed.population.contacts, programs / "protected-identity")
        topics = [f"{EVENTS}:{PARTITIONS}", *(f"protected-identity.{name}:{count}" for name, count in WRITTEN.items())]
        broker = subprocess.Popen([programs / "embedded-broker", *topics], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        self._parts.append(broker)
        self._servers = broker.stdout.readline().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = ("KAFKA_", "STORE_", "TOPICS_", "IDENTITY_", "QUARANTINE_", "TENANTS_", "BATCH_", "LOG_", "PG", "ADMIN_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        environment |= self.database.environment | {
            "KAFKA_BOOTSTRAP_SERVERS": self._servers, "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "4000",
            "KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS": "20", "LOG_FORMAT": "json", "ADMIN_PORT": str(port),
            "IDENTITY_DIGEST_KEYS": f"page:{base64.b64encode(secrets.token_bytes(32)).decode()}"}
        with open(self._folder / "worker.log", "wb") as log:
            self._worker = subprocess.Popen([programs / "protected-identity", "run", "--config", CONFIGURATION],
                                            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._parts.append(self._worker)
        self.url = f"http://127.0.0.1:{port}/"
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if self._worker.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the worker does not listen: {self.log[-2000:]}") from None
                time.sleep(0.1)

    def send(self):
        """Sends the feed, evenly over its time."""
        threading.Thread(target=self._send, daemon=True).start()

    def _send(self):
        try:
            producer = Producer({"bootstrap.servers": self._servers, "enable.idempotence": True, "linger.ms": 20,
                                 "log_level": 2})
            begin = time.monotonic()
            for index, record in enumerate(self.feed.records):
                wait = begin + self._seconds * index / len(self.feed.records) - time.monotonic()
                if wait > 0.02:
                    producer.poll(0)
                    time.sleep(wait)
                headers = list(record.headers)
                if tells_time(record):
                    headers.append(("ce_time", datetime.datetime.now(datetime.timezone.utc).isoformat()))
                producer.produce(EVENTS, record.value, record.key, record.person % PARTITIONS, headers=headers,
                                 on_delivery=lambda error, message, index=index: self._delivered(index, error, message))
                if index % 100 == 0:
                    producer.poll(0)
            if producer.flush(60):
                self.failure = "the broker does not take the feed"
        except Exception as error:  # told by whoever waits
            self.failure = f"the feed failed: {error}"

    def _delivered(self, index, error, message):
        if error is not None:
            self.failure = f"the broker refused a record: {error}"
        else:
            self.places[f"{EVENTS}-{message.partition()}@{message.offset()}"] = index

    @property
    def log(self):
        return (self._folder / "worker.log").read_text(encoding="utf-8", errors="replace")

    def ask_worker_to_stop(self):
        """SIGTERM, and the exit code."""
        self._worker.terminate()
        return self._worker.wait(30)

    def stop(self):
        for part in reversed(self._parts):
            part.kill()
            part.communicate()
        if self.database:
            self.database.stop()
        shutil.rmtree(self._folder)
