"""The page against canned answers: what it says, to whom, and what it does not do."""

import contextlib
import pathlib
import time
import unittest

import states
from fixture_server import PAGE, FixtureServer
from page import NARROW, WIDE, Page

CHECKS = (pathlib.Path(__file__).parent / "checks.js").read_text(encoding="utf-8")


class PageTests(unittest.TestCase):
    """One browser for all of them; each loads the page anew."""

    @classmethod
    def setUpClass(cls):
        cls.page = Page()
        cls.addClassCleanup(cls.page.close)

    def setUp(self):
        self.server = FixtureServer()
        self.addCleanup(self.server.stop)

    def open(self, state, **how):
        self.server.answer = state
        self.page.open(self.server.url, **how)

    def check(self, what):
        return self.page.run(CHECKS, what)

    # What it says.

    def test_says_in_words_how_people_stand(self):
        said = {
            "fresh": ("starting", "Starting: protections wait for a moment", "Redaction: the group has not answered yet"),
            "busy": ("well", "People are protected", "What arrives is applied: the loops turn; assigned."),
            "broken_registry": ("wrong", "Protections wait: the registry does not serve", "No connection (08006)"),
            "protections_aside": ("wrong", "People are still exposed: 3 protections set aside",
                                  "Each waits in the quarantine until somebody has looked at it."),
            "replaying": ("well", "People are protected", "What arrives is applied: the loops turn; assigned."),
            "downstream": ("well", "Commands are carried out", "What arrives is applied: the loops turn; assigned."),
            "late": ("late", "Catching up: protections come late", "The oldest event that waits is 4 min 12 s old."),
            "stuck": ("wrong", "Nobody is being protected: the worker is stuck", "Redaction: no progress for 61 s"),
        }
        for name, (state, headline, reason) in said.items():
            with self.subTest(name):
                self.open(states.ALL[name])
                self.assertEqual(self.page.state, state)
                self.assertEqual(self.page.headline, headline)
                self.assertEqual(self.page.text("#reason"), reason)
                self.assertEqual(self.page.driver.title, f"{headline} · Protected identity")
                # Not by colour alone: each state has a sign of its own.
                self.assertEqual(self.page.run("return document.getElementById('sign').getAttribute('href')"), f"#sign-{state}")

    def test_tells_every_problem_and_the_worst_first(self):
        everything = states.protections_aside() | {
            "live": states.stuck()["live"], "ready": states.broken_registry()["ready"]}
        everything["registry"] |= {"ok": False, "reason": "no connection"}
        self.open(lambda: everything)
        self.assertEqual(self.page.headline, "Nobody is being protected: the worker is stuck")
        self.assertEqual(self.page.text("#others").splitlines(), [
            "Protections wait: the registry does not serve. No connection",
            "Protections wait: the service is not ready. Redaction: the store fails since 42 s (08006)",
            "People are still exposed: 3 protections set aside. Each waits in the quarantine until somebody has looked at it.",
            "People may be exposed: records are missing. The registry knows nothing of 1 stretch of events."])
        self.server.answer = states.busy
        self.page.ask_now()
        self.assertEqual((self.page.headline, self.page.text("#others")), ("People are protected", ""))

    def test_one_protection_aside_is_somebody(self):
        self.open(lambda: states.busy() | {"quarantinedProtections": 1})
        self.assertEqual(self.page.headline, "Somebody is still exposed: 1 protection set aside")

    def test_is_not_starting_for_ever(self):
        self.open(lambda: states.fresh() | {"startedAt": states.ago(61)})
        self.assertEqual(self.page.headline, "Protections wait: the service is not ready")

    def test_shows_every_number(self):
        self.open(states.busy)
        numbers, answer = self.page.numbers(), states.busy()
        for outcome, count in answer["events"].items():
            self.assertEqual(numbers[f"events.{outcome}"], f"{count:,}")
        aside = {key: text for key, text in numbers.items() if key.startswith("quarantined.")}
        self.assertEqual(aside, {f"quarantined.{reason}": f"{count:,}"
                                 for reason, count in answer["quarantined"].items() if count})
        for one in answer["partitions"]:
            key = f"partitions.{one['topic']}-{one['partition']}"
            self.assertEqual(numbers[f"{key}.lagRecords"], f"{one['lagRecords']:,}")
        expected = {
            "version": "0.9.0", "commit": "e625289", "uptime": "1 d 2 h",
            "exposure.p50Seconds": "12 ms", "exposure.p99Seconds": "213 ms", "exposure.count": "61,402 redactions",
            "now.eventsPerSecond": f"{answer['history']['events'][-1]:,.0f}",
            "now.lagRecords": f"{sum(one['lagRecords'] for one in answer['partitions']):,}",
            "now.lagSeconds": f"{max(one['lagSeconds'] for one in answer['partitions'])} s",
            "now.inFlightRecords": "2,003", "now.setAside": "1,095",
            "registry.reason": "answers", "registry.deletionsDue": "1,204", "registry.owedMessages": "2",
            "registry.unpublishedSlices": "1",
            "workers.redaction.assignedPartitions": "12", "workers.redaction.inFlightRecords": "2,000",
            "workers.deletion.assignedPartitions": "12", "workers.deletion.inFlightRecords": "3",
        }
        self.assertEqual({key: numbers.get(key) for key in expected}, expected)

    def test_shows_what_is_unknown_as_unknown(self):
        self.open(states.fresh)
        numbers = self.page.numbers()
        for key in ("commit", "now.eventsPerSecond", "now.lagRecords", "now.lagSeconds", "registry.deletionsDue",
                    "registry.owedMessages", "registry.unpublishedSlices", "registry.lookedAt"):
            self.assertEqual(numbers[key], "unknown", key)
        self.assertEqual(numbers["registry.reason"], "not looked at yet")
        self.assertEqual((numbers["exposure.p50Seconds"], numbers["exposure.count"]), ("none yet", "0 redactions"))
        for text in ("Nothing was set aside since the start.", "Nothing was decided yet.", "None is assigned.",
                     "None is running."):
            self.assertIn(text, self.page.text("main"))

    def test_protections_aside_and_missing_stretches_stand_apart(self):
        self.open(states.busy)
        self.assertEqual(self.page.text("#exposed"), "")
        self.server.answer = states.protections_aside
        self.page.ask_now()
        self.assertEqual(self.page.numbers()["quarantinedProtections"], "3 protections")
        self.assertEqual(self.page.rows("missing"), [[
            "protected-identity.events-3 protected-identity-worker", "100 to 1299", "1,200"]])
        self.server.answer = lambda: states.busy() | {"quarantinedProtections": 2}
        self.page.ask_now()
        self.assertIn("2 protections set aside", self.page.text("#exposed"))
        self.assertEqual(self.page.text("#missing"), "")
        self.server.answer = lambda: states.protections_aside() | {"quarantinedProtections": 0}
        self.page.ask_now()
        self.assertEqual(self.page.headline, "People may be exposed: records are missing")
        self.assertEqual(self.page.text("#aside"), "")

    def test_of_many_partitions_those_with_most_to_read(self):
        self.open(states.wide)
        rows = self.page.rows("partitions")
        self.assertEqual([row[1] for row in rows], [str(198 - index) for index in range(12)])
        self.assertTrue(rows[0][0].startswith("protected-identity.events-198"))
        self.assertEqual(self.page.text("#more"), "and 188 more, where 17,391 records in all wait")
        self.assertEqual(self.page.numbers()["now.lagRecords"], "19,701")

    def test_last_outcomes_in_the_readers_zone(self):
        self.open(states.busy, zone="Asia/Tokyo")
        rows = self.page.rows("last")
        self.assertEqual(rows[0], ["redacted protected-identity.events-0@104711", "17:10:00"])
        self.assertEqual(len(rows), 12)
        self.assertEqual(self.page.run("return document.querySelector('#last time').title"), "2026-11-26 08:10:00 UTC")
        self.assertEqual(self.page.text("#zone"), "Asia/Tokyo")

    def test_times_of_other_days_bear_the_day(self):
        self.open(lambda: states.busy() | {"lastOutcomes": [
            {"type": "redacted", "record": "a@2", "at": states.ago(60)}, {"type": "redacted", "record": "a@1", "at": states.ago(86400)}]})
        self.assertEqual([row[1] for row in self.page.rows("last")], ["09:09:00", "25 Nov, 09:10:00"])

    def test_replays_with_their_progress(self):
        self.open(states.replaying)
        self.assertEqual([line for line in self.page.text("#replays").splitlines()[2:] if line], [
            "restore-of-monday: running", "1,200 of 20,000 records of protected-identity.events, since 09:08:55",
            "owed: running", "7 records of owed, since 09:09:55"])
        bars = self.page.run("return [...document.querySelectorAll('progress')].filter(one => one.checkVisibility())"
                             ".map(one => [one.value, one.max])")
        self.assertEqual(bars, [[1200, 20000]])

    def test_charts_say_what_they_draw(self):
        self.open(states.busy)
        history = states.busy()["history"]
        rate, exposure = [name for role, name in self.page.accessible() if role == "image"]
        self.assertEqual(rate, f"The last 5 min: now {history['events'][-1]:,.0f}, from 0 to {max(history['events']):,.0f}")
        self.assertRegex(exposure, r"^The last 5 min: p50 now \d+ ms, from 11 ms to 17 ms; "
                                   r"p99 now \d+ ms, from 90 ms to 590 ms$")
        self.assertEqual(self.page.text("#rate .plot").split(), ["10,000", "5,000", "0"])
        self.assertEqual(self.page.text("#exposure .plot").split("\n"), ["1 s", "100 ms", "10 ms"])
        # The line is where the numbers say: the last of 150 samples at the right edge, at its height on the scale.
        path = self.page.run("return document.querySelector('#rate path.one').getAttribute('d')")
        x, y = map(float, path.rsplit("L", 1)[1].split())
        self.assertEqual((x, y), (150, round(100 - history["events"][-1] / 100, 1)))
        # Where there was nothing there is no line: samples 1 to 20 have no exposure.
        path = self.page.run("return document.querySelector('#exposure path.two').getAttribute('d')")
        self.assertTrue(path.startswith("M21 "), path)

    def test_charts_bridge_no_gap(self):
        answer = states.busy()
        answer["history"]["exposureP50Seconds"][100:110] = [None] * 10
        self.open(lambda: answer)
        path = self.page.run("return document.querySelector('#exposure path.one').getAttribute('d')")
        self.assertEqual([part.split()[0] for part in path.split("M")[1:]], ["21", "111"])

    # When nobody answers.

    def test_says_that_nobody_answers_and_how_old_the_numbers_are(self):
        self.open(states.busy)
        self.server.is_away = True
        self.page.run("document.dispatchEvent(new Event('visibilitychange'))")
        self.page.wait(lambda: self.page.state == "away", "it does not notice")
        self.assertEqual(self.page.headline, "The service cannot be reached")
        self.assertEqual(self.page.numbers()["events.redacted"], "61,402")
        since = self.server.answered_at
        self.page.wait(lambda: "The numbers below are 3 s old." in self.page.text("#reason"), "they do not grow old", within=8)
        self.assertAlmostEqual(time.monotonic() - since, 3, delta=1.5)
        self.server.is_away = False
        # It comes back by itself.
        self.page.wait(lambda: self.page.state == "well", "it does not try again", within=8)

    def test_does_not_wait_for_ever_for_who_is_silent(self):
        self.open(states.busy)
        self.server.is_silent = True
        self.page.wait(lambda: self.page.state == "away", "it still waits", within=15)
        self.assertIn("It does not answer.", self.page.text("#reason"))

    def test_never_reached_has_no_numbers(self):
        self.server.http_status = 503
        self.open(states.busy)
        self.assertEqual(self.page.text("#reason"), "It answers with HTTP 503. Protections may wait. The page goes on asking.")

    def test_an_answer_that_cannot_be_read_is_no_good_news(self):
        self.open(states.busy)
        for answer in ({}, [], states.busy() | {"registry": {}}, states.busy() | {"history": None}):
            self.server.answer = lambda: answer
            self.page.run("document.dispatchEvent(new Event('visibilitychange'))")
            self.page.wait(lambda: self.page.state == "away", "it does not notice")
            self.assertEqual(self.page.headline, "The service’s answer cannot be read")
            self.server.answer = states.busy
            self.page.ask_now()

    def test_asks_every_two_seconds(self):
        self.open(states.busy)
        before, begin = self.server.asked, time.monotonic()
        self.page.wait(lambda: self.server.asked >= before + 2, "it asks no more")
        self.assertGreater(time.monotonic() - begin, 2)

    # For whom.

    def test_contrast_suffices_in_light_and_dark(self):
        grounds = set()
        for name in ("fresh", "busy", "protections_aside", "late", "replaying"):
            self.open(states.ALL[name])
            for scheme in ("light", "dark"):
                with self.subTest(f"{name}, {scheme}"):
                    self.page.see(scheme=scheme)
                    self.assertEqual(self.check("contrastProblems"), [])
                    grounds.add(self.page.run("return getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(grounds), 2)

    def test_structure_is_there_for_assistive_technology(self):
        for name, state in states.ALL.items():
            with self.subTest(name):
                self.open(state)
                self.assertEqual(self.check("structureProblems"), [])

    def test_names_of_roles(self):
        self.open(lambda: states.protections_aside() | {"replays": states.replaying()["replays"]})
        tree = self.page.accessible()
        roles = {role for role, _ in tree}
        self.assertLessEqual({"banner", "main", "contentinfo", "region", "table", "progressbar", "image", "heading"}, roles)
        speaking = ("table", "progressbar", "image", "heading", "link", "region")
        unnamed = [role for role, name in tree if role in speaking and not name]
        self.assertEqual(unnamed, [])

    def test_fits_from_a_phone_to_a_wide_screen(self):
        for name, state in states.ALL.items():
            self.open(state)
            for size in (NARROW, (768, 1024), WIDE):
                with self.subTest(f"{name}, {size[0]}"):
                    self.page.see(size)
                    self.assertEqual(self.page.run("return innerWidth"), size[0])
                    self.assertEqual(self.check("overflowing"), [])

    def test_is_read_aloud_only_when_the_headline_changes(self):
        ticks = iter(range(10_000))
        self.open(lambda: states.busy(next(ticks)))
        self.page.run("""
            window.spoken = [];
            new MutationObserver(() => window.spoken.push(document.getElementById("headline").textContent))
                .observe(document.getElementById("headline"), {childList: true, characterData: true, subtree: true})""")
        first = self.page.numbers()["events.redacted"]
        for _ in range(4):
            self.page.ask_now()
        self.assertNotEqual(self.page.numbers()["events.redacted"], first)
        self.assertEqual(self.page.run("return window.spoken"), [])
        self.server.answer = states.stuck
        self.page.ask_now()
        self.assertEqual(self.page.run("return window.spoken"), ["Nobody is being protected: the worker is stuck"])

    def test_nothing_moves_from_tick_to_tick(self):
        for size in (NARROW, WIDE):
            with self.subTest(size):
                ticks = iter(range(10_000))
                self.open(lambda: states.busy(next(ticks)), size=size)
                self.page.wait_until_drawn()
                self.page.run("""
                    window.shifts = [];
                    new PerformanceObserver(list => { for (const one of list.getEntries()) window.shifts.push(
                        [one.value, ...one.sources.map(source => source.node?.parentElement?.outerHTML.slice(0, 80))]); })
                        .observe({type: "layout-shift"})""")
                row = self.page.run("return document.querySelector('#partitions tbody tr')")
                for _ in range(4):
                    self.page.ask_now()
                self.page.wait_until_drawn()
                self.assertEqual(self.page.run("return window.shifts"), [])
                # Rows stay the same elements, so that a screen reader keeps its place.
                self.assertEqual(row, self.page.run("return document.querySelector('#partitions tbody tr')"))

    def test_moves_nothing_by_itself(self):
        self.open(states.replaying, motion="reduce")
        moving = self.page.run("""
            const styles = [...document.querySelectorAll("*")].map(one => getComputedStyle(one));
            return document.getAnimations().length + styles.filter(style =>
                parseFloat(style.transitionDuration) > 0 || style.animationName !== "none").length""")
        self.assertEqual(moving, 0)

    def test_the_keyboard_reaches_the_links_in_their_order(self):
        self.open(states.busy)
        reached = []
        for _ in range(3):
            self.page.driver.switch_to.active_element.send_keys("\ue004")  # Tab
            reached.append(self.page.run("const one = document.activeElement;"
                                         "return [one.innerText, getComputedStyle(one).outlineStyle]"))
        self.assertEqual([text for text, _ in reached], ["metrics", "live", "ready"])
        self.assertNotIn("none", [outline for _, outline in reached])

    # What it does not do.

    def test_takes_no_markup_from_data(self):
        self.open(states.hostile)
        self.assertIsNone(self.page.run("return window.broken"))
        self.assertEqual(self.page.run("return document.querySelectorAll('main img, main script, footer img').length"), 0)
        self.assertEqual(self.page.text("#reason"), states.MARKUP)
        self.assertEqual(self.page.numbers()["version"], states.MARKUP)
        for place in ("#events", "#quarantine", "#last", "#partitions", "#workers", "#missing", "#replays"):
            self.assertIn(states.MARKUP, self.page.text(place), place)

    def test_fetches_nothing_from_elsewhere_and_complains_of_nothing(self):
        for name, state in states.ALL.items():
            with self.subTest(name):
                self.open(state)
                fetched = [url for url in self.page.fetched() if not url.startswith("data:")]
                self.assertIn(self.server.url, fetched)
                self.assertLessEqual(set(fetched), {self.server.url, self.server.url + "status.json"})
                self.assertEqual(self.page.console(), [])

    def test_is_one_small_file_that_writes_no_html(self):
        text = PAGE.read_text(encoding="utf-8")
        self.assertLess(len(text.encode()), 26 * 1024)
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://", "//cdn"):
            self.assertNotIn(word, text)


if __name__ == "__main__":
    unittest.main()
