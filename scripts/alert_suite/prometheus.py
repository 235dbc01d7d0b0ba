"""Debian's Prometheus on a free port, which scrapes each second, and what it says."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

_CONFIGURATION = """
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [rules.yaml]
scrape_configs:
  - job_name: protected-identity
    file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
"""


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


class Prometheus:
    def __init__(self, folder, rules):
        self._folder = folder
        (folder / "rules.yaml").write_text(rules, encoding="utf-8")
        (folder / "prometheus.yaml").write_text(_CONFIGURATION, encoding="utf-8")
        self.scrape([])
        self._url = f"http://127.0.0.1:{free_port()}"
        self._log = (folder / "prometheus.log").open("w")
        self._process = subprocess.Popen(
            ["prometheus", f"--config.file={folder / 'prometheus.yaml'}", f"--storage.tsdb.path={folder / 'series'}",
             f"--web.listen-address={self._url.removeprefix('http://')}"], stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self._url}/-/ready", timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"Prometheus did not start: {(folder / 'prometheus.log').read_text(encoding='utf-8')[-2000:]}")

    def stop(self):
        self._process.terminate()
        self._process.wait()
        self._log.close()

    def scrape(self, ports):
        """From now on these ports of this machine, and no others."""
        targets = [{"targets": [f"127.0.0.1:{port}" for port in ports]}]
        fresh = self._folder / "targets.json.new"
        fresh.write_text(json.dumps(targets), encoding="utf-8")
        fresh.rename(self._folder / "targets.json")

    def firing(self):
        """The alerts that fire now, by name; what they say is looked at, too."""
        found = {}
        for alert in self._ask("alerts")["alerts"]:
            for text in alert["annotations"].values():
                if not text or "<error" in text or "%!" in text or "<no value>" in text:
                    raise RuntimeError(f"{alert['labels']['alertname']} says: {text}")
            if alert["state"] == "firing":
                found[alert["labels"]["alertname"]] = alert
        return found

    def value(self, expression):
        """The sum of what an expression gives now; nil where it gives nothing."""
        result = self._ask("query?" + urllib.parse.urlencode({"query": expression}))["result"]
        return sum(float(series["value"][1]) for series in result) if result else None

    def _ask(self, what):
        with urllib.request.urlopen(f"{self._url}/api/v1/{what}", timeout=10) as answer:
            return json.load(answer)["data"]
