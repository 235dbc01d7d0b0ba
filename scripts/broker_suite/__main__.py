"""python3 -m broker_suite [--self-check]; scripts/test-broker is the way in."""

import os
import pathlib
import random
import secrets
import signal
import subprocess
import sys
import types

from . import self_check


def main():
    if sys.argv[1:] == ["--self-check"]:
        return self_check.main()
    if sys.argv[1:]:
        print(f"broker suite: {sys.argv[1]} is no argument; variables settle everything (see README.md)", file=sys.stderr)
        return 64
    from . import run  # needs the Python client

    events = _number("EVENTS", 100_000)
    settings = types.SimpleNamespace(
        servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"], suffix=secrets.token_hex(4), events=events,
        seed=os.environ.get("SEED") or str(random.SystemRandom().randrange(1_000_000)),
        workers=_number("WORKERS", 4), static=_number("STATIC_WORKERS", 1), partitions=_number("PARTITIONS", 12),
        seconds=_number("FEED_SECONDS", max(60, events // 1000)), keep=os.environ.get("KEEP") == "1",
        program=pathlib.Path(os.environ["PROGRAM"]).resolve())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of what has to be tidied up
    try:
        return 1 if run.run(settings) else 0
    except run.Failed as error:
        print(f"broker suite: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"broker suite: {pathlib.Path(error.cmd[0]).name} failed with {error.returncode}", file=sys.stderr)
        return 2


def _number(name, default):
    given = os.environ.get(name, "")
    if given and not given.isdecimal():
        sys.exit(f"broker suite: {name} is to be a number")
    return int(given) if given else default


if __name__ == "__main__":
    sys.exit(main())
