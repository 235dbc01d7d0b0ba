"""What happens to the workers and to the database while they work, in an order that the seed settles."""

import collections
import heapq
import itertools
import random
import time

from .workers import SESSION_TIMEOUT


class Faults:
    """Called again and again by `tick`. Slots that lose their worker get another one a moment later."""

    def __init__(self, seed, group, database, slots):
        self._random = random.Random(f"faults {seed}")
        self._group, self._database = group, database
        self._slots, self._most = set(range(slots)), slots + 2
        kills = [("kill -9", 1, self._kill)]
        others = [("pause", 6, self._pause), ("takeover", 2, self._take_over), ("leave", 2, self._leave),
                  ("join", 2, self._join), ("database restart", 1, self._restart_database),
                  ("database crash", 1, self._crash_database)]
        self._pending, self._order = [], itertools.count()
        self._goes_on = True
        self.counts = collections.Counter()
        self._after(4, lambda: self._strike(kills, 2, 6))
        self._after(7, lambda: self._strike(others, 2, 5))
        for slot in self._slots:
            group.start(slot)

    def tick(self):
        while self._pending and self._pending[0][0] <= time.monotonic():
            heapq.heappop(self._pending)[2]()
        for worker in self._group.reap():
            self._after(self._random.uniform(0.2, 3), lambda slot=worker.slot: self._fill(slot))

    def cease(self):
        """Nothing new from here on. What is paused goes on, and every slot has its worker."""
        self._goes_on = False
        for worker in self._group.workers:
            worker.resume()

    def _after(self, seconds, action):
        heapq.heappush(self._pending, (time.monotonic() + seconds, next(self._order), action))

    def _fill(self, slot):
        if slot in self._slots and not any(worker.slot == slot for worker in self._group.workers):
            self._group.start(slot)

    def _strike(self, kinds, least, most):
        """Lets one of `kinds` happen, and another one in `least` to `most` seconds."""
        if not self._goes_on:
            return
        ((name, _, happen),) = self._random.choices(kinds, [weight for _, weight, _ in kinds])
        who = [worker for worker in self._group.workers if worker.ending is None and not worker.is_paused]
        if who and happen(self._random.choice(who)):
            self.counts[name] += 1
        self._after(self._random.uniform(least, most), lambda: self._strike(kinds, least, most))

    # What can happen, to `worker` where it happens to one; and whether it could.

    def _kill(self, worker):
        worker.kill()
        return True

    def _pause(self, worker):
        """Long enough for the group to go on without it; then it comes back and knows nothing of that."""
        if any(other.is_paused for other in self._group.workers):
            return False
        worker.pause()
        self._after(SESSION_TIMEOUT + self._random.uniform(1, 8), worker.resume)
        return True

    def _take_over(self, _):
        """A static member is paused, and another process comes up under its name."""
        everybody = self._group.workers
        slots = [worker.slot for worker in everybody]
        static = [worker for worker in everybody
                  if worker.slot < self._group.static and worker.ending is None and slots.count(worker.slot) == 1]
        if not static or any(worker.is_paused for worker in everybody):
            return False
        worker = self._random.choice(static)
        worker.pause()
        self._group.start(worker.slot)
        self._after(self._random.uniform(1, SESSION_TIMEOUT * 2), worker.resume)
        return True

    def _leave(self, worker):
        worker.ask_to_stop()
        return True

    def _join(self, _):
        """A member more, for a while."""
        if len(self._slots) >= self._most:
            return False
        slot = max(self._slots) + 1
        self._slots.add(slot)
        self._group.start(slot)
        self._after(self._random.uniform(8, 20), lambda: self._withdraw(slot))
        return True

    def _withdraw(self, slot):
        self._slots.discard(slot)
        for worker in self._group.workers:
            if worker.slot == slot:
                worker.ask_to_stop()

    def _restart_database(self, _):
        self._database.restart("fast")
        return True

    def _crash_database(self, _):
        self._database.restart("immediate")
        return True
