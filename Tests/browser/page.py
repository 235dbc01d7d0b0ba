"""The status page in a headless Chromium, and what a reader finds on it."""

import base64
import contextlib
import json
import os
import shutil
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

WIDE, NARROW = (1440, 900), (360, 780)


class Page:
    """One browser with one tab. Nothing of one `open` is left for the next but the browser."""

    def __init__(self):
        options = Options()
        options.binary_location = shutil.which("chromium")
        for argument in ("--headless=new", "--disable-background-networking", "--disable-component-update",
                         "--disable-dev-shm-usage", "--force-color-profile=srgb", "--hide-scrollbars"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # which Chromium does not have as root
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)

    def close(self):
        self.driver.quit()

    def open(self, url, size=WIDE, scheme="light", zone="Europe/Stockholm", motion="no-preference"):
        """Loads the page anew and waits for its first numbers, or for its word that there are none."""
        command = self.driver.execute_cdp_cmd
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.see(size, scheme, motion)
        with contextlib.suppress(Exception):
            command("Emulation.setTimezoneOverride", {"timezoneId": ""})
        command("Emulation.setTimezoneOverride", {"timezoneId": zone})
        self.driver.get(url)
        self.wait(lambda: self.tick > 0 or self.state == "away", "the page shows nothing")

    def see(self, size=WIDE, scheme="light", motion="no-preference"):
        """Another window or another taste, without loading anew."""
        command = self.driver.execute_cdp_cmd
        command("Emulation.setDeviceMetricsOverride",
                {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})
        command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme},
                                                            {"name": "prefers-reduced-motion", "value": motion}]})

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition, otherwise, within=20):
        deadline = time.monotonic() + within
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{otherwise}, for {within} s: {self.headline!r}")
            time.sleep(0.05)

    def ask_now(self):
        """Has it ask at once, as it does when its tab comes to the front, and waits for the next numbers."""
        before = self.tick
        self.run("document.dispatchEvent(new Event('visibilitychange'))")
        self.wait(lambda: self.tick > before, "no new numbers come")

    def wait_until_drawn(self):
        self.run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    @property
    def tick(self):
        return int(self.run("return document.body.dataset.tick"))

    @property
    def state(self):
        return self.run("return document.body.dataset.state")

    @property
    def headline(self):
        return self.text("#headline")

    def text(self, selector):
        """What a reader sees there: nothing where it is hidden or missing."""
        return self.run("const one = document.querySelector(arguments[0]); return one?.checkVisibility() ? one.innerText : ''",
                        selector).strip()

    def rows(self, table):
        """The visible cells of a table's body."""
        return self.run("return [...document.querySelectorAll(`#${arguments[0]} tbody tr`)].map("
                        "row => [...row.cells].map(cell => cell.innerText.trim()))", table)

    def numbers(self):
        """Everything visible with a data-key, as {key: text}."""
        return self.run("return Object.fromEntries([...document.querySelectorAll('[data-key]')]"
                        ".filter(one => one.checkVisibility()).map(one => [one.dataset.key, one.innerText.trim()]))")

    def console(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def fetched(self):
        """The addresses of all that was asked for since it was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [message["params"]["request"]["url"] for message in messages
                if message["method"] == "Network.requestWillBeSent"]

    def accessible(self):
        """The accessibility tree, as [(role, name)] in its order, without what is ignored."""
        nodes = self.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]

    def screenshot(self, path):
        """The whole page, however long it is."""
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(shot["data"]))
