"""The page of a real worker: what it shows during a run of generated events and after it, against the oracle's numbers.

PROGRAMS is the folder with protected-identity and embedded-broker; EVENTS and SEED say what is fed; SHOTS is a folder for
screenshots, wide and narrow, light and dark.
"""

import os
import pathlib
import random
import time
import unittest
import urllib.request

from broker_suite.canaries import Canaries
from broker_suite.population import CANARY
from page import NARROW, WIDE, Page
from worker_run import PARTITIONS, WorkerRun

EVENTS = int(os.environ.get("EVENTS") or 100_000)
SEED = os.environ.get("SEED") or str(random.SystemRandom().randrange(1_000_000))
SHOTS = os.environ.get("SHOTS")
STANDSTILL = 60


def number(text):
    return int(text.replace(",", ""))


class WorkerTests(unittest.TestCase):
    def setUp(self):
        print(f"worker run: seed {SEED}, {EVENTS} events", flush=True)
        self.run_ = WorkerRun(pathlib.Path(os.environ["PROGRAMS"]).resolve(), SEED, EVENTS, seconds=max(10, EVENTS / 2_500))
        self.addCleanup(self.run_.stop)
        self.page = Page()
        self.addCleanup(self.page.close)

    def test_the_page_tells_what_the_oracle_knows(self):
        run, page, expected = self.run_, self.page, self.run_.expected
        page.open(run.url)
        page.wait(lambda: page.state == "well", "the worker does not come to be ready", within=60)
        self.assertEqual(page.headline, "People are protected")
        self.assertEqual(page.numbers()["workers.redaction.assignedPartitions"], str(PARTITIONS))
        self.assertEqual(self.decided(page.numbers()), 0)
        self.shoot("before")

        begin = time.monotonic()
        run.send()
        seen = self.watch(begin)
        # It was looked at in between, not only at its end.
        self.assertGreater(len(seen), 3)
        self.assertEqual(seen, sorted(seen))
        print(f"read {expected.total} records in {time.monotonic() - begin:.0f} s; the page showed, one after the other: "
              f"{', '.join(map(str, seen))}", flush=True)
        page.ask_now()
        self.hold_against_the_oracle()
        self.assert_nothing_personal()
        # What the browser asked for, and what it complained of.
        self.assertEqual({url for url in page.fetched() if not url.startswith("data:")}, {run.url, run.url + "status.json"})
        self.assertEqual(page.console(), [])
        self.shoot("after")

        self.assertEqual(run.ask_worker_to_stop(), 0)
        page.wait(lambda: page.state == "away", "it does not notice that the worker has gone")
        self.assertEqual(page.headline, "The service cannot be reached")
        self.assertEqual(self.decided(page.numbers()), expected.total)
        self.shoot("gone")

    def decided(self, numbers):
        return sum(number(text) for key, text in numbers.items() if key.startswith(("events.", "quarantined.")))

    def watch(self, begin):
        """Reads the page until everything is decided: the different totals that it showed. No number is ever too high."""
        run, page, expected = self.run_, self.page, self.run_.expected
        seen, moved, is_shot = [], begin, not SHOTS
        while not seen or seen[-1] < expected.total:
            self.assertIsNone(run.failure)
            numbers = page.numbers()
            for outcome, count in self.counts(numbers, "events.").items():
                self.assertLessEqual(count, expected.events[outcome], outcome)
            for reason, count in self.counts(numbers, "quarantined.").items():
                self.assertLessEqual(count, expected.quarantined[reason], reason)
            total = self.decided(numbers)
            if not seen or total != seen[-1]:
                seen.append(total)
                moved = time.monotonic()
            if time.monotonic() - moved > STANDSTILL:
                self.fail(f"{total} of {expected.total} decided, and nothing moved for {STANDSTILL} s: {page.headline}\n"
                          f"{run.log[-3000:]}")
            if not is_shot and total > expected.total * 0.6:
                self.shoot("during")
                is_shot = True
            time.sleep(0.3)
        return seen

    def counts(self, numbers, prefix):
        return {key.removeprefix(prefix): number(text) for key, text in numbers.items() if key.startswith(prefix)}

    def hold_against_the_oracle(self):
        page, expected = self.page, self.run_.expected
        numbers = page.numbers()
        self.assertEqual({key: count for key, count in self.counts(numbers, "events.").items() if count}, dict(expected.events))
        self.assertEqual(self.counts(numbers, "quarantined."), dict(expected.quarantined))
        self.assertEqual(number(numbers["now.setAside"]), expected.quarantined.total())
        self.assertEqual(numbers["exposure.count"], f"{expected.exposures:,} redactions")
        self.assertRegex(numbers["exposure.p50Seconds"], r"^[\d.]+ m?s$")
        # Protections set aside are people still exposed: that is what the page says first, whatever else is well.
        self.assertEqual(page.state, "wrong")
        self.assertEqual(page.headline, f"People are still exposed: {expected.protections:,} protections set aside")
        self.assertEqual(numbers["quarantinedProtections"], f"{expected.protections:,} protections")
        page.wait(lambda: {page.numbers()[f"now.{what}Records"] for what in ("lag", "inFlight")} == {"0"},
                  "something still waits")
        # The last outcomes are those of the records at their coordinates.
        rows = page.rows("last")
        self.assertEqual(len(rows), 12)
        for what, _ in rows:
            outcome, place = what.split()
            self.assertEqual(outcome, expected.verdicts[self.run_.places[place]], place)

    def assert_nothing_personal(self):
        population = self.run_.feed.population
        canaries = Canaries(CANARY, population.numbers)
        ids = {contact.id for contact in population.contacts}
        shown = self.page.run("return document.documentElement.outerHTML")
        with urllib.request.urlopen(self.run_.url + "status.json", timeout=10) as response:
            told = response.read().decode()
        for name, text in (("page", shown), ("status.json", told)):
            self.assertIn("redacted", text)
            self.assertEqual(list(canaries.found_in(text.encode())), [], name)
            self.assertEqual([id for id in ids if f'"{id}"' in text or f">{id}<" in text], [], name)

    def shoot(self, moment):
        if not SHOTS:
            return
        for width, size in (("wide", WIDE), ("narrow", NARROW)):
            for scheme in ("light", "dark"):
                self.page.see(size, scheme)
                self.page.screenshot(pathlib.Path(SHOTS) / f"{moment}-{width}-{scheme}.png")
        self.page.see()


if __name__ == "__main__":
    unittest.main()
