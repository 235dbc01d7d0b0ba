"""Kafka through the Python client: topics, the feed's producer, and the reader that is not our own code."""

import os
import sys
import threading
import time

try:
    from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
    from confluent_kafka.admin import AdminClient, NewTopic
except ImportError as missing:
    print(f"{missing}. Install it: scripts/setup --for-broker-tests", file=sys.stderr)
    sys.exit(2)

from .messages import Message
from .oracle import Sent

OUTGOING = ("outcomes", "notifications", "deletions", "quarantine")


class Broker:
    """A cluster, and the five topics of one run."""

    def __init__(self, servers, suffix, partitions):
        self.servers = servers
        self.group = f"protected-identity-{suffix}"
        self.topics = {name: f"protected-identity-{suffix}.{name}" for name in ("events", *OUTGOING)}
        self.partitions = partitions
        self._admin = AdminClient(self._settings())

    def _settings(self, **more):
        """What a worker is told by KAFKA_PROPERTIES_*, such as TLS and passwords, holds here as well."""
        prefix = "KAFKA_PROPERTIES_"
        given = {name[len(prefix):].lower().replace("_", "."): value for name, value in os.environ.items()
                 if name.startswith(prefix)}
        # Errors come as exceptions and events; what librdkafka logs of lost connections besides is no news here.
        return {"bootstrap.servers": self.servers, "log_level": 2, **given, **more}

    def describe(self):
        """How many brokers there are; an exception where there is none."""
        return len(self._admin.list_topics(timeout=15).brokers)

    def create(self, brokers):
        copies = min(3, brokers)
        topics = [NewTopic(name, num_partitions=self.partitions, replication_factor=copies)
                  for name in self.topics.values()]
        for future in self._admin.create_topics(topics, operation_timeout=30).values():
            future.result(timeout=60)
        deadline = time.monotonic() + 30
        while not set(self.topics.values()) <= self._admin.list_topics(timeout=15).topics.keys():
            if time.monotonic() > deadline:
                raise RuntimeError("the topics that were made do not appear")
            time.sleep(0.2)

    def delete(self):
        for future in self._admin.delete_topics(list(self.topics.values()), operation_timeout=30).values():
            future.result(timeout=60)

    def progress(self):
        """The progress of the group, (committed offset, end offset) of each partition of the events topic."""
        consumer = Consumer(self._settings(**{"group.id": self.group, "enable.auto.commit": False,
                                              "isolation.level": "read_committed"}))
        try:
            places = [TopicPartition(self.topics["events"], index) for index in range(self.partitions)]
            committed = {p.partition: max(p.offset, 0) for p in consumer.committed(places, timeout=20)}
            return {place.partition: (committed[place.partition], consumer.get_watermark_offsets(place, timeout=20)[1])
                    for place in places}
        finally:
            consumer.close()

    def read(self, within, isolation="read_committed"):
        """Everything in the outgoing topics as such a reader sees it, and where it did not reach the end."""
        consumer = Consumer(self._settings(**{
            "group.id": f"{self.group}-oracle", "enable.auto.commit": False, "isolation.level": isolation,
            "auto.offset.reset": "error", "enable.partition.eof": True}))
        names = {self.topics[name]: name for name in OUTGOING}
        ends = {}
        for topic in names:
            for index in range(self.partitions):
                place = TopicPartition(topic, index)
                ends[topic, index] = consumer.get_watermark_offsets(place, timeout=20)[1]
        messages, open_places = [], {place for place, end in ends.items() if end > 0}
        consumer.assign([TopicPartition(topic, index, 0) for topic, index in open_places])
        deadline = time.monotonic() + within
        while open_places and time.monotonic() < deadline:
            for polled in consumer.consume(5000, timeout=1):
                place = (polled.topic(), polled.partition())
                if polled.error() is None:
                    messages.append(Message(names[place[0]], place[1], polled.offset(), polled.key() or b"",
                                            polled.value() or b"", tuple(polled.headers() or ())))
                elif polled.error().code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(polled.error())
                elif polled.offset() >= ends[place]:
                    open_places.discard(place)
        consumer.close()
        return messages, [f"{names[topic]}-{index}" for topic, index in sorted(open_places)]


class Feeding(threading.Thread):
    """Sends the feed while workers work: evenly over `seconds`, each record once, and notes where each has come to stand."""

    def __init__(self, broker, records, seconds):
        super().__init__(daemon=True)
        self._records, self._seconds, self._topic = records, seconds, broker.topics["events"]
        self._producer = Producer(broker._settings(**{"enable.idempotence": True, "linger.ms": 20}))
        self._places = [None] * len(records)
        self.failure = None

    def run(self):
        try:
            begin = time.monotonic()
            for index, record in enumerate(self._records):
                wait = begin + self._seconds * index / len(self._records) - time.monotonic()
                if wait > 0.02:
                    self._producer.poll(0)
                    time.sleep(wait)
                self._producer.produce(
                    self._topic, record.value, record.key, headers=list(record.headers),
                    on_delivery=lambda error, message, index=index: self._delivered(index, error, message))
                if index % 100 == 0:
                    self._producer.poll(0)
            if self._producer.flush(120):
                self.failure = "the broker does not take the feed"
        except Exception as error:  # told by the main thread, which would wait for ever otherwise
            self.failure = f"the feed failed: {error}"

    def _delivered(self, index, error, message):
        if error is not None:
            self.failure = f"the broker refused a record of the feed: {error}"
        else:
            self._places[index] = (message.partition(), message.offset())

    def sent(self):
        return [Sent(record, *place) for record, place in zip(self._records, self._places)]
