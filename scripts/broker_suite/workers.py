"""Worker processes: started, disturbed, and asked how they ended."""

import base64
import collections
import os
import pathlib
import secrets
import signal
import subprocess
import time

from .database import CONFIGURATION

SESSION_TIMEOUT = 6  # seconds; the least that a broker grants by default


class Worker:
    """One process."""

    def __init__(self, slot, process, log):
        self.slot, self.process, self.log = slot, process, log
        self.ending = None  # "killed" or "asked", where the suite has ended it
        self.is_paused = False

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def pause(self):
        self.is_paused = True
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.is_paused = False
        self.signal(signal.SIGCONT)

    def kill(self):
        self.ending = "killed"
        self.signal(signal.SIGKILL)

    def ask_to_stop(self):
        # One that was killed a moment ago, and not missed yet, stays killed.
        self.ending = self.ending or "asked"
        self.signal(signal.SIGTERM)


class Group:
    """All workers of a run. A slot is a place that is to have a worker; the first ones are static members of the group."""

    def __init__(self, program, folder, broker, database, static):
        self._program, self._folder, self.static = program, pathlib.Path(folder), static
        self.workers = []
        self.ended = collections.Counter()  # how, by whom
        self.problems = []
        self._started = 0
        own = ("KAFKA_", "STORE_", "TOPICS_", "IDENTITY_", "QUARANTINE_", "TENANTS_", "BATCH_", "LOG_", "PG")
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(own) or name.startswith("KAFKA_PROPERTIES_")}
        self._environment = kept | database.environment | {
            "KAFKA_BOOTSTRAP_SERVERS": broker.servers, "KAFKA_GROUP_ID": broker.group,
            "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": str(SESSION_TIMEOUT * 1000),
            "IDENTITY_DIGEST_KEYS": f"suite:{base64.b64encode(secrets.token_bytes(32)).decode()}",
            # Sealed to a key whose other half nobody has.
            "QUARANTINE_COORDINATES_ONLY": "false",
            "QUARANTINE_PUBLIC_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "LOG_FORMAT": "json", "ADMIN_PORT": "0",
        } | {f"TOPICS_{name.upper()}": topic for name, topic in broker.topics.items()}

    def start(self, slot):
        self._started += 1
        environment = self._environment | {
            # One tells of each record; the sizes of batches differ.
            "LOG_LEVEL": "debug" if slot == 0 else "info", "BATCH_MAX_RECORDS": str([1000, 50, 200, 500][slot % 4])}
        if slot < self.static:
            environment["KAFKA_INSTANCE_ID"] = f"static-{slot}"
        log = self._folder / f"worker-{self._started:03}-slot-{slot}.log"
        with open(log, "wb") as file:
            process = subprocess.Popen([self._program, "run", "--config", CONFIGURATION], env=environment, stdout=file,
                                       stderr=file, stdin=subprocess.DEVNULL, start_new_session=True)
        self.workers.append(Worker(slot, process, log))
        return self.workers[-1]

    def reap(self):
        """Takes leave of those that have ended, and returns them."""
        gone = [worker for worker in self.workers if worker.process.poll() is not None]
        for worker in gone:
            self.workers.remove(worker)
            code = worker.process.returncode
            if worker.ending == "killed" and code == -signal.SIGKILL:
                continue
            self.ended[f"{'asked' if worker.ending == 'asked' else 'by itself'}, exit code {code}"] += 1
            # A stop that did not drain in time, an identity taken over, a broker or store out of reach: weather.
            if code not in (0, 69, 75) or (code == 0 and worker.ending is None):
                self.problems.append(("a worker ended otherwise than it may", f"{worker.log.name}: exit code {code}"))
        return gone

    def stop(self, within):
        """Asks all to stop, now that nothing disturbs them: each has to drain and end with 0."""
        for worker in self.workers:
            worker.resume()
            worker.ask_to_stop()
        deadline = time.monotonic() + within
        while self.workers and time.monotonic() < deadline:
            for worker in self.reap():
                if worker.process.returncode != 0:
                    self.problems.append(("a worker did not stop as it should",
                                          f"{worker.log.name}: exit code {worker.process.returncode}"))
            time.sleep(0.1)
        for worker in self.workers:
            self.problems.append(("a worker does not stop", worker.log.name))

    def abandon(self):
        for worker in self.workers:
            worker.kill()
            worker.process.wait()

    def logs(self):
        return {path.name: path.read_bytes() for path in sorted(self._folder.glob("*.log"))}
