#!/usr/bin/env python3
"""Publishes a reseller's notices: docs/examples/feed.py < notices.jsonl

A line is {"id": "…", "number": "…", "protected": true, "since": "2026-11-20"}. It needs the Python client (confluent-kafka),
KAFKA_BOOTSTRAP_SERVERS, FEED_KEY (a secret of 32 bytes or more) and TENANT.
"""

import hashlib
import hmac
import json
import os
import sys

SOURCE = "/crm/reseller-monitoring"


def digest(key: bytes, *parts: str) -> str:
    """A keyed digest of several texts; their lengths keep ("ab", "c") and ("a", "bc") apart."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def event(key: bytes, tenant: str, notice: dict) -> dict:
    """Key, headers and value of a notice: the same ones each time that it is sent."""
    protected = notice["protected"] is not False  # What is unknown is protected.
    number = "".join(filter(str.isdigit, notice["number"]))
    data = {
        "tenant": tenant,
        "status": "protected" if protected else "not-protected",
        "origin": "monitoring",
        "country": "SE",
        # The register knows a day: in doubt the protection holds.
        "observedAt": notice["since"] + ("T23:59:59.999Z" if protected else "T00:00:00.000Z"),
        "personalIdentityNumber": notice["number"],
        "registry": "SPAR",
    }
    value = json.dumps(data, sort_keys=True)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": digest(key, "event", notice.get("id", ""), value),
        "ce_source": SOURCE,
        "ce_type": "protected-identity.status.v1",
        "content-type": "application/json",
    }
    return {"key": digest(key, "person", tenant, number[-10:]), "headers": headers, "value": value}


def events(lines, key: bytes, tenant: str):
    """The event of each line; None where there is none. Of such a line the place is told, and nothing that stands in it."""
    for place, line in enumerate(lines, start=1):
        try:
            yield event(key, tenant, json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"line {place} is no notice and is left out ({type(error).__name__})", file=sys.stderr)
            yield None


def main() -> int:
    from confluent_kafka import Producer

    key, tenant = os.environ["FEED_KEY"].encode(), os.environ["TENANT"]
    topic = os.environ.get("TOPICS_EVENTS", "protected-identity.events")
    producer = Producer(
        {"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"], "enable.idempotence": True, "acks": "all"}
    )
    failed = []
    bad = 0

    def delivered(error, _):
        if error is not None:
            failed.append(error.name())

    for message in events(sys.stdin.buffer, key, tenant):
        if message is None:  # The others are sent all the same: they would stay exposed.
            bad += 1
            continue
        while True:
            try:
                producer.produce(topic, on_delivery=delivered, **message)
                break
            except BufferError:  # The brokers are slower than we are: wait for them.
                producer.poll(0.1)
        producer.poll(0)
    left = producer.flush(60)
    if failed or left:
        print(f"{len(failed) + left} events are not confirmed: run it again with the same lines", file=sys.stderr)
        return 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
