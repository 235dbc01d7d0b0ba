"""A broker, a database with the example's tables, and workers on them, all of them processes on this machine."""

import base64
import datetime
import json
import os
import pathlib
import secrets
import signal
import subprocess
import threading
import time
import uuid

from .prometheus import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
_ROLE = "protected_identity_worker"
_TOPICS = ["outcomes", "notifications", "deletions", "quarantine"]
EVENTS = "protected-identity.events"
# So long after its notice a contact of kaffe-klubben is due.
NOTICE_PERIOD = 20
# Part of what its people are told: no message to them is shorter.
LONG_TERMS = "x" * 1200


class Failed(Exception):
    """Something did not come about that the suite needs."""


class Worker:
    """A process of the program, and what it logs. `reads=False`: nobody takes its log from the pipe, a short one, until
    `drain`."""

    def __init__(self, program, arguments, environment, *, reads=True):
        self.port = int(environment["ADMIN_PORT"])
        self.lines = []
        self.process = subprocess.Popen([program, *arguments], env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, pipesize=-1 if reads else 4096)
        if reads:
            self.drain()

    def drain(self):
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()


class World:
    def __init__(self, folder, program, broker):
        self._folder, self._program = folder, program
        self._workers = []
        self._postgres_folder = None
        self._broker = subprocess.Popen(
            [broker, f"{EVENTS}:1", *(f"protected-identity.{topic}:1" for topic in _TOPICS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._servers = self._broker.stdout.readline().strip()
        if not self._servers:
            raise Failed("the embedded broker did not start")
        self._postgres_folder, self._superuser = self._postgres("start").splitlines()
        address = self._superuser.split("@")[1].split("/")[0]
        password = secrets.token_hex(8)
        configuration = (ROOT / "docs/examples/worker.yaml").read_text(encoding="utf-8").replace(
            "noticePeriod: 30d", f"noticePeriod: {NOTICE_PERIOD}s\n    requiresNotice: false").replace(
            "kaffe-klubben.example/terms", "kaffe-klubben.example/terms?" + LONG_TERMS)
        self._configuration = folder / "worker.yaml"
        self._configuration.write_text(configuration, encoding="utf-8")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("KAFKA_", "PG"))} | {
            "STORE_URL": f"postgres://{_ROLE}@{address}/crm", "PGPASSWORD": password,
            "KAFKA_BOOTSTRAP_SERVERS": self._servers, "LOG_FORMAT": "json",
            "IDENTITY_DIGEST_KEYS": "test:" + base64.b64encode(secrets.token_bytes(32)).decode(),
            # As the embedded broker wants it.
            "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "4000", "KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
            "KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS": "20"}
        self.sql("CREATE DATABASE crm", database="postgres")
        self._psql(["--file", ROOT / "docs/examples/crm.sql"], "crm",
                   input=(ROOT / "schemas/examples/contacts.csv").read_text(encoding="utf-8"))
        self.sql(f"ALTER ROLE crm PASSWORD '{password}'; ALTER ROLE {_ROLE} PASSWORD '{password}'")
        self.run("migrate", STORE_URL=f"postgres://crm@{address}/crm")
        self.sql((ROOT / "docs/examples/grants.sql").read_text(encoding="utf-8"))

    def stop(self):
        for worker in self._workers:
            if worker.process.poll() is None:
                worker.resume()
                worker.kill()
        self.resume_broker()
        self._broker.kill()
        self._broker.wait()
        if self._postgres_folder:
            subprocess.run([ROOT / "scripts/postgres", "stop", self._postgres_folder], stderr=subprocess.DEVNULL)

    # What runs.

    def worker(self, *, reads=True, **environment):
        return self.start("run", reads=reads, **environment)

    def start(self, *arguments, reads=True, **environment):
        worker = Worker(self._program, [*arguments, "--config", self._configuration],
                        self.environment | {"ADMIN_PORT": str(free_port())} | environment, reads=reads)
        self._workers.append(worker)
        return worker

    def run(self, *arguments, **environment):
        """A command to its end."""
        done = subprocess.run([self._program, *arguments, "--config", self._configuration],
                              env=self.environment | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Failed(f"{' '.join(arguments)} ended with {done.returncode}: {done.stdout[-2000:]}")
        return done.stdout

    def pause_broker(self):
        self._broker.send_signal(signal.SIGSTOP)

    def resume_broker(self):
        self._broker.send_signal(signal.SIGCONT)

    # The database.

    def sql(self, text, database="crm"):
        return self._psql(["--command", text], database)

    def _psql(self, arguments, database, input=None):
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments, self._address(database)], input=input,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failed(f"psql: {done.stderr.strip()}")
        return done.stdout

    def _address(self, database):
        return self._superuser.rsplit("/", 1)[0] + "/" + database

    def _postgres(self, *arguments):
        done = subprocess.run([ROOT / "scripts/postgres", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failed(f"scripts/postgres {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def stop_database(self):
        number = int(pathlib.Path(self._postgres_folder, "data/postmaster.pid").read_text().splitlines()[0])
        os.kill(number, signal.SIGINT)
        deadline = time.monotonic() + 30
        while pathlib.Path(f"/proc/{number}").exists() and time.monotonic() < deadline:
            time.sleep(0.1)

    def start_database(self):
        self._postgres("restart", self._postgres_folder)

    def hold(self, table):
        """Locks a table, until what it returns is called."""
        session = subprocess.Popen(["psql", "-XAtq", self._address("crm")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        session.stdin.write(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE; SELECT 'held';\n")
        session.stdin.flush()
        if session.stdout.readline().strip() != "held":
            raise Failed(f"{table} could not be locked")

        def release():
            session.stdin.close()
            session.wait()

        return release

    def customers(self, count, tenant="nordic-sport"):
        """Makes customers that nobody has protected yet, and returns their ids."""
        names = [f"alert-{uuid.uuid4()}" for _ in range(count)]
        rows = ", ".join(f"('{name}', '{tenant}', 'SE', 'Exempelsson', 'Exempelgatan 1', 'customer@example.com')" for name in names)
        self.sql(f"INSERT INTO crm.customer (customer_id, tenant, country, last_name, street, email) VALUES {rows}")
        return names

    # The feed.

    def event(self, contact, *, tenant="nordic-sport", age=0, number=None):
        """An event in structured form: of this contact, said so long ago."""
        at = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
        data = {"tenant": tenant, "status": "protected", "origin": "monitoring", "country": "SE", "observedAt": at, "contactId": contact}
        return json.dumps({"specversion": "1.0", "id": number or str(uuid.uuid4()), "source": "/alert-suite", "time": at,
                           "type": "protected-identity.status.v1", "datacontenttype": "application/json", "data": data})

    def publish(self, values, topic=EVENTS):
        file = self._folder / "records"
        file.write_text("".join(f"{value}\n" for value in values), encoding="utf-8")
        done = subprocess.run(["kcat", "-P", "-b", self._servers, "-t", topic, "-H", "content-type=application/cloudevents+json",
                               "-l", file], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Failed(f"kcat: {done.stdout.strip()}")

    def member(self, *, commits):
        """Somebody else in the workers' group, who reads what there is; `commits`: and moves its offsets."""
        return Stranger(
            ["kcat", "-q", "-u", "-b", self._servers, "-G", "protected-identity", "-X", "auto.offset.reset=earliest",
             "-X", f"enable.auto.commit={str(commits).lower()}", "-X", "auto.commit.interval.ms=200",
             "-X", "partition.assignment.strategy=cooperative-sticky", "-X", "session.timeout.ms=4000",
             "-X", "heartbeat.interval.ms=500", EVENTS])


class Stranger:
    """A consumer that is none of ours, from its first record on."""

    def __init__(self, command):
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._reads = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        if not self._reads.wait(60):
            self.leave()
            raise Failed("the stranger in the group reads nothing")

    def _read(self):
        while self._process.stdout.read1():
            self._reads.set()

    def leave(self):
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
