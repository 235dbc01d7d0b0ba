"""What goes wrong, and what an operator does about it."""

import re
import resource
import time

from .world import Failed


class Stage:
    """The world, what Prometheus sees of it, and which alerts have fired and were over."""

    def __init__(self, world, prometheus):
        self.world, self.prometheus = world, prometheus
        self.fired, self.over, self._later = {}, {}, []
        self.restart_worker()
        self.until(lambda: self.value("protected_identity_ready") == 1, "the worker is ready")

    def expect(self, *names, within, meanwhile=lambda: None):
        """Waits until these alerts fire; `meanwhile` is done again and again."""
        self._wait(within, meanwhile, lambda firing: set(names) <= firing, f"{', '.join(names)} should fire")

    def expect_over(self, *names, within, meanwhile=lambda: None):
        """Waits until these alerts, which have fired, do not any more."""
        self._wait(within, meanwhile, lambda firing: not firing & set(names), f"{', '.join(names)} should be over")
        for name in names:
            self.over.setdefault(name, time.monotonic() - self.fired[name])
            print(f"  {name}: over after {self.over[name]:.0f} s", flush=True)

    def expect_over_later(self, *names, within):
        """They are over by themselves, while other scenes play."""
        self._later.append((names, time.monotonic() + within))

    def finish(self):
        for names, deadline in self._later:
            self.expect_over(*names, within=max(1, deadline - time.monotonic()))

    def stay_quiet(self, seconds):
        """No alert at all fires for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if firing := self.prometheus.firing():
                raise Failed(f"in ordinary life fires {', '.join(firing)}")
            time.sleep(0.5)

    def until(self, condition, what, within=60):
        deadline = time.monotonic() + within
        while not condition():
            if time.monotonic() > deadline:
                raise Failed(f"{what}: not within {within} s")
            time.sleep(0.3)

    def value(self, expression):
        return self.prometheus.value(expression) or 0

    def restart_worker(self, **environment):
        self.worker = self.world.worker(**environment)
        self.prometheus.scrape([self.worker.port])

    def is_assigned(self):
        return self.value("protected_identity_assigned_partitions") > 0

    def _wait(self, seconds, meanwhile, condition, what):
        deadline = time.monotonic() + seconds
        while True:
            firing = self.prometheus.firing()
            for name in firing:
                if name not in self.fired:
                    self.fired[name] = time.monotonic()
                    print(f"  {name}: fires", flush=True)
            if condition(set(firing)):
                return
            if time.monotonic() > deadline:
                raise Failed(f"{what}: not within {seconds:.0f} s; there fire {', '.join(firing) or 'none'}")
            meanwhile()
            time.sleep(0.3)


def ordinary_life(stage):
    """Events come and are done, and nothing is said."""
    world = stage.world
    world.publish(world.event(name) for name in world.customers(20))
    stage.until(lambda: stage.value('protected_identity_events_total{outcome="redacted"}') >= 20, "twenty are redacted")
    stage.until(lambda: stage.value("protected_identity_ready") == 1, "the worker is ready")
    stage.stay_quiet(20)
    # For the last scene: they are due in a while, and nobody sweeps.
    world.publish(world.event(name, tenant="kaffe-klubben") for name in world.customers(2, "kaffe-klubben"))


def late_feed(stage):
    """A feed sends events long after they came to be."""
    names = iter(stage.world.customers(300))
    stage.expect("ProtectedIdentityExposureLong", within=90,
                 meanwhile=lambda: stage.world.publish([stage.world.event(next(names), age=120)]))
    stage.expect_over("ProtectedIdentityExposureLong", within=60)


def records_set_aside(stage):
    """Records that are no events, and an event of a tenant that nobody has configured."""
    world = stage.world
    world.publish(["this is no event"] * 25 + [world.event("nobody", tenant="not-configured")])
    stage.expect("ProtectedIdentityProtectionQuarantined", "ProtectedIdentityQuarantineGrowing", within=60)
    stage.expect_over_later("ProtectedIdentityProtectionQuarantined", "ProtectedIdentityQuarantineGrowing", within=120)


def locked_table(stage):
    """Somebody's migration locks the customers, while the feed goes on."""
    world = stage.world
    [name] = world.customers(1)
    copies = [world.event(name, number="the-same")] * 300
    release = world.hold("crm.customer")
    try:
        world.publish([world.event(name)])
        # A worker that waits fetches no more, and knows no later end of the topic: then it is the age that grows.
        for name in ("ProtectedIdentityLagGrowing", "ProtectedIdentityLagOld"):
            stage.expect(name, within=120, meanwhile=lambda: world.publish(copies))
    finally:
        release()
    stage.expect_over("ProtectedIdentityLagOld", "ProtectedIdentityLagGrowing", within=120)


def file_descriptors(stage):
    """The limit is set too low."""
    number = stage.worker.process.pid
    before = resource.prlimit(number, resource.RLIMIT_NOFILE)
    stage.until(lambda: stage.value("process_open_fds") > 0, "it tells its descriptors")
    resource.prlimit(number, resource.RLIMIT_NOFILE, (int(stage.value("process_open_fds") * 1.15), before[1]))
    stage.expect("ProtectedIdentityFileDescriptors", within=60)
    resource.prlimit(number, resource.RLIMIT_NOFILE, before)
    stage.expect_over("ProtectedIdentityFileDescriptors", within=30)


def database_stopped(stage):
    """The database is away, while the feed goes on."""
    world = stage.world
    names = iter(world.customers(600))

    def meanwhile():
        world.publish([world.event(next(names))])

    world.stop_database()
    try:
        stage.expect("ProtectedIdentityStoreDown", "ProtectedIdentityNotReady", within=90, meanwhile=meanwhile)
    finally:
        world.start_database()
    stage.expect_over("ProtectedIdentityStoreDown", "ProtectedIdentityNotReady", within=90, meanwhile=meanwhile)


def sessions_ended_by_hand(stage):
    """An administrator ends the worker's sessions in the database, again and again."""
    world = stage.world
    names = iter(world.customers(600))

    def meanwhile():
        world.publish([world.event(next(names))])
        world.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'protected_identity_worker'")

    stage.expect("ProtectedIdentityStoreErrors", within=90, meanwhile=meanwhile)
    stage.expect_over("ProtectedIdentityStoreErrors", within=90)


def registry_set_back(stage):
    """The registry is set back under a running worker, again and again."""
    world = stage.world
    names = iter(world.customers(600))

    def meanwhile():
        world.publish([world.event(next(names))])
        world.sql("UPDATE protected_identity.progress SET applied_to = 0")

    stage.expect("ProtectedIdentitySessionsFailing", within=120, meanwhile=meanwhile)
    stage.expect_over_later("ProtectedIdentitySessionsFailing", within=150)


def messages_too_large(stage):
    """Somebody has set `message.max.bytes` below what the worker has to say: no transaction can be committed."""
    world = stage.world
    stage.worker.stop()
    stage.restart_worker(KAFKA_PROPERTIES_MESSAGE_MAX_BYTES="1000")
    stage.until(stage.is_assigned, "the worker has its partition")
    world.publish(world.event(name, tenant="kaffe-klubben") for name in world.customers(1, "kaffe-klubben"))
    stage.expect("ProtectedIdentityTransactionsFailing", within=120)
    stage.worker.kill()
    stage.restart_worker()
    stage.expect_over("ProtectedIdentityTransactionsFailing", within=60)


def paused_worker(stage):
    """The machine starves the process, for longer than the group waits for a member."""
    stage.worker.pause()
    try:
        stage.expect("ProtectedIdentityTargetDown", "ProtectedIdentityNoWorker", within=60)
    finally:
        stage.worker.resume()
    stage.expect_over("ProtectedIdentityTargetDown", "ProtectedIdentityNoWorker", within=60)

    def meanwhile():
        stage.until(stage.is_assigned, "it has its partition again")
        stage.worker.pause()
        time.sleep(6)
        stage.worker.resume()
        time.sleep(1.5)

    stage.expect("ProtectedIdentityPartitionsLost", within=120, meanwhile=meanwhile)
    stage.expect_over_later("ProtectedIdentityPartitionsLost", within=150)


def somebody_else_in_the_group(stage):
    """A program that somebody has started under the workers' group has the topic's partition.

    It may commit what it has read when it leaves: the next scene, about just that, has those records read again.
    """
    world = stage.world
    stage.worker.stop()
    world.publish(world.event(name) for name in world.customers(1))
    stranger = world.member(commits=False)
    try:
        stage.restart_worker()
        stage.expect("ProtectedIdentityNothingAssigned", within=90)
    finally:
        stranger.leave()
    stage.expect_over("ProtectedIdentityNothingAssigned", within=90)


def offsets_moved_forward(stage):
    """Somebody has committed the group's offsets beyond what the workers have done; the `replay` of the log mends it."""
    world = stage.world
    stage.until(stage.is_assigned, "the worker has its partition")
    stage.until(lambda: stage.value("protected_identity_lag_records") == 0, "the worker has done all")
    stage.worker.stop()
    world.publish(world.event(name) for name in world.customers(7))
    stranger = world.member(commits=True)
    time.sleep(3)  # it reads on to the end
    stranger.leave()
    stage.restart_worker()
    stage.expect("ProtectedIdentityMissingRecords", "ProtectedIdentityContradiction", within=90)
    said = [found for line in stage.worker.lines if (found := re.search(r"replay (--from \d+:\d+ --to \d+:\d+)", line))]
    if not said:
        raise Failed("the log names no replay")
    print("  " + world.run("replay", *said[0][1].split()).strip().replace("\n", "\n  "), flush=True)
    stage.expect_over("ProtectedIdentityMissingRecords", within=60)
    stage.expect_over_later("ProtectedIdentityContradiction", within=120)


def unread_log(stage):
    """Nobody reads the worker's log any more: the pipe is full, and whoever writes waits."""
    world = stage.world
    stage.worker.stop()
    stage.restart_worker(reads=False)
    stage.until(stage.is_assigned, "the worker has its partition")
    # A batch each, and a line in the log.
    names = iter(world.customers(600))
    stage.expect("ProtectedIdentityLoopStalled", within=150, meanwhile=lambda: world.publish([world.event(next(names))]))
    stage.worker.drain()
    stage.expect_over("ProtectedIdentityLoopStalled", within=60)


def no_sweep(stage):
    """Nobody sweeps; then a sweep dies between deciding and publishing."""
    world = stage.world
    stage.expect("ProtectedIdentityDeletionsOverdue", within=150)
    sweep = world.start("sweep", "--every", "1s")
    stage.expect_over("ProtectedIdentityDeletionsOverdue", within=60)
    redacted = stage.value('protected_identity_events_total{outcome="redacted"}')
    world.publish(world.event(name, tenant="kaffe-klubben") for name in world.customers(1, "kaffe-klubben"))
    stage.until(lambda: stage.value('protected_identity_events_total{outcome="redacted"}') > redacted, "one more is redacted")
    world.pause_broker()
    try:
        stage.until(lambda: int(world.sql("SELECT count(*) FROM protected_identity.owed_messages")) > 0, "the sweep has decided")
    finally:
        sweep.kill()
        world.resume_broker()
    stage.expect("ProtectedIdentityMessagesOwed", within=90)
    # Not the first that comes: the dead one's lease on its messages has to be over.
    stage.expect_over("ProtectedIdentityMessagesOwed", within=240, meanwhile=lambda: world.run("sweep"))


SCENES = [ordinary_life, records_set_aside, late_feed, locked_table, file_descriptors, database_stopped, sessions_ended_by_hand,
          registry_set_back, messages_too_large, paused_worker, somebody_else_in_the_group, offsets_moved_forward, no_sweep, unread_log]
