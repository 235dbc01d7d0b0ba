"""Canned answers of /status.json, one function for each state that the page has to tell. Every call makes a new one."""

import datetime
import math

NOW = datetime.datetime(2026, 11, 26, 8, 10, 0, 123000, tzinfo=datetime.timezone.utc)
EVENTS = "protected-identity.events"
OUTCOMES = ("redacted", "protection-lifted", "unchanged", "superseded", "unmatched", "not-applicable", "deleted", "withheld",
            "notified", "notification-skipped", "duplicate")
REASONS = ("undecodable", "invalid-envelope", "unknown-type", "invalid-data", "malformed-number", "unsupported-number",
           "ambiguous-identity", "ambiguous-match", "unknown-tenant", "implausible-time", "identity-reused",
           "refused-by-store", "too-large", "invalid-address", "undeliverable", "undelivered")


def ago(seconds):
    return (NOW - datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fresh():
    """Nothing is known yet: the group has not answered, nobody has looked into the registry."""
    return {
        "version": "0.9.0", "commit": None, "now": ago(0), "startedAt": ago(2.1),
        "live": {"ok": True, "reason": "the loops turn"},
        "ready": {"ok": False, "reason": "redaction: the group has not answered yet"},
        "workers": [{"name": "redaction", "group": "protected-identity-worker", "assignedPartitions": 0, "inFlightRecords": 0}],
        "events": {outcome: 0 for outcome in OUTCOMES},
        "quarantined": {reason: 0 for reason in REASONS}, "quarantinedProtections": 0,
        "exposure": {"count": 0, "p50Seconds": None, "p99Seconds": None},
        "history": {"secondsPerSample": 2, "events": [], "exposureP50Seconds": [], "exposureP99Seconds": []},
        "partitions": [], "lastOutcomes": [], "registry": None, "replays": [],
    }


def busy(tick=0):
    """All is well, and much of it; from tick to tick the numbers change as they do."""
    events = [max(0, 4200 + 2600 * math.sin((step + tick) / 19) + 700 * math.sin((step + tick) * 1.7))
              for step in range(150)]
    half = [0.011 + 0.006 * math.sin((step + tick) / 13) ** 2 for step in range(150)]
    most = [0.09 + 0.5 * math.sin((step + tick) / 23) ** 8 for step in range(150)]
    for step in range(20):
        events[step], half[step], most[step] = 0, None, None
    counts = (61_402, 8_211, 14_950, 5_120, 9_870, 1_204, 312, 4, 330, 18, 7_431)
    return fresh() | {
        "commit": "e625289", "startedAt": ago(93_784), "ready": {"ok": True, "reason": "assigned"},
        "workers": [
            {"name": "redaction", "group": "protected-identity-worker", "assignedPartitions": 12, "inFlightRecords": 2000},
            {"name": "deletion", "group": "protected-identity-deletions", "assignedPartitions": 12, "inFlightRecords": 3}],
        "events": {outcome: count + 40 * tick for outcome, count in zip(OUTCOMES, counts)},
        "quarantined": fresh()["quarantined"] | {"undecodable": 12, "malformed-number": 41, "invalid-data": 9,
                                                 "identity-reused": 1_033},
        "exposure": {"count": counts[0] + 40 * tick, "p50Seconds": 0.0124, "p99Seconds": 0.213},
        "history": {"secondsPerSample": 2, "events": events, "exposureP50Seconds": half, "exposureP99Seconds": most},
        "partitions": [{"worker": "redaction", "topic": EVENTS, "partition": index,
                        "lagRecords": (index * 7919 + tick * 31) % 1800, "lagSeconds": (index * 37 + tick) % 18 / 10}
                       for index in range(12)],
        "lastOutcomes": [{"type": OUTCOMES[(index + tick) * 5 % 6], "record": f"{EVENTS}-{index % 12}@{104_711 + tick - index}",
                          "at": ago(index * 0.4)} for index in range(20)],
        "registry": {"ok": True, "reason": "answers", "lookedAt": ago(8), "deletionsDue": 1_204, "owedMessages": 2,
                     "unpublishedSlices": 1, "missing": []},
    }


def broken_registry():
    """The registry is away, everything waits."""
    is_now = busy()
    is_now["ready"] = {"ok": False, "reason": "redaction: the store fails since 42 s (08006)"}
    is_now["registry"] |= {"ok": False, "reason": "no connection (08006)"}
    is_now["history"]["events"][-20:] = [0] * 20
    for name in ("exposureP50Seconds", "exposureP99Seconds"):
        is_now["history"][name][-20:] = [None] * 20
    return is_now


def protections_aside():
    """Three protections stand in the quarantine, and a stretch is missing: people are exposed."""
    is_now = busy()
    is_now["quarantinedProtections"] = 3
    is_now["registry"]["missing"] = [
        {"group": "protected-identity-worker", "partition": f"{EVENTS}-3", "from": 100, "to": 1_300}]
    return is_now


def replaying():
    """Two replays: of one nobody knows how long it is."""
    return busy() | {"replays": [
        {"id": "restore-of-monday", "stream": EVENTS, "state": "running", "read": 1_200, "total": 20_000, "startedAt": ago(65)},
        {"id": "owed", "stream": "owed", "state": "running", "read": 7, "total": None, "startedAt": ago(5)}]}


def downstream():
    """A process that carries out commands, and protects nobody itself."""
    return busy() | {"workers": [one | {"name": "deletions"} for one in busy()["workers"][:1]]}


def late():
    """More comes than is done: the oldest waits for minutes."""
    is_now = busy()
    is_now["partitions"][5] |= {"lagRecords": 84_000, "lagSeconds": 252.4}
    return is_now


def stuck():
    """The loop does not turn."""
    return busy() | {"live": {"ok": False, "reason": "redaction: no progress for 61 s"}}


def wide():
    """Two hundred partitions, of one of which nobody knows the lag."""
    partitions = [{"worker": "redaction", "topic": EVENTS, "partition": index, "lagRecords": index, "lagSeconds": index / 10}
                  for index in range(200)]
    partitions[199] |= {"lagRecords": None, "lagSeconds": None}
    return busy() | {"partitions": partitions}


MARKUP = "<img src=x onerror=\"window.broken=1\"><script>window.broken=1</script>&amp;" + "long" * 60


def hostile():
    """Markup wherever a string can stand."""
    is_now = busy()
    return is_now | {
        "version": MARKUP, "commit": MARKUP, "live": {"ok": True, "reason": MARKUP}, "ready": {"ok": False, "reason": MARKUP},
        "workers": [{"name": MARKUP, "group": MARKUP, "assignedPartitions": 1, "inFlightRecords": 1}],
        "events": is_now["events"] | {MARKUP: 7}, "quarantined": is_now["quarantined"] | {MARKUP: 7},
        "partitions": [{"worker": MARKUP, "topic": MARKUP, "partition": 0, "lagRecords": 1, "lagSeconds": 1}],
        "lastOutcomes": [{"type": MARKUP, "record": MARKUP, "at": MARKUP}],
        "registry": is_now["registry"] | {"reason": MARKUP, "missing": [
            {"group": MARKUP, "partition": MARKUP, "from": 0, "to": 1}]},
        "replays": [{"id": MARKUP, "stream": MARKUP, "state": MARKUP, "read": 1, "total": 2, "startedAt": MARKUP}],
    }


ALL = {made.__name__: made for made in (
    fresh, busy, broken_registry, protections_aside, replaying, downstream, late, stuck, wide, hostile)}
