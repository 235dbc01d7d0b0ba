"""Prometheus' configuration, rules and their tests; Grafana's dashboard and provisioning."""

import json
import pathlib
import re
import tempfile

import yaml

from . import metrics
from .support import complaints, load


def _rules(root):
    return [rule for group in load(root / "deploy/prometheus/rules.yaml")["groups"] for rule in group["rules"]]


def _names(root):
    """The list, and what the rules record."""
    return metrics.listed(root) | {rule["record"]: {"job", "worker"} for rule in _rules(root) if "record" in rule}


def promtool(root):
    folder = root / "deploy" / "prometheus"
    yield from complaints(["promtool", "check", "config", folder / "prometheus.yaml"])
    yield from complaints(["promtool", "test", "rules", "rules.test.yaml"], cwd=folder)


def rules(root):
    names = _names(root)
    if len(names) < 30:
        yield "docs/metrics.md: the table cannot be read"
    labels = set().union(*names.values()) | metrics.OF_THE_SCRAPE
    readme = (root / "README.md").read_text(encoding="utf-8")
    anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^#+ (.*)$", readme, re.M)}
    for rule in _rules(root):
        name = rule.get("alert") or rule["record"]
        for stranger in metrics.strangers(rule["expr"], names):
            yield f"rules.yaml: {name}: {stranger}"
        if "record" in rule:
            continue
        if rule["labels"].get("severity") not in {"critical", "warning"}:
            yield f"rules.yaml: {name}: severity is critical or warning"
        said = rule["annotations"]
        for wanted in ("summary", "description", "runbook"):
            if not said.get(wanted):
                yield f"rules.yaml: {name} has no {wanted}"
        if f"`{name.removeprefix('ProtectedIdentity')}`" not in readme:
            yield f"README.md: does not list {name}"
        if said.get("runbook", "").removeprefix("README.md#") not in anchors:
            yield f"rules.yaml: {name}: {said.get('runbook')} is no heading"
        for label in re.findall(r"\$labels\.(\w+)", " ".join(said.values())):
            if label not in labels:
                yield f"rules.yaml: {name}: speaks of a label {label}, which nothing has"


def rule_tests(root):
    """Has each alert a test in which it fires, and is over later?"""
    over = set()
    quiet = False
    for test in load(root / "deploy/prometheus/rules.test.yaml")["tests"]:
        fired = set()
        for case in test["promql_expr_test"]:
            name = re.search(r'alertname="(\w+)"', case["expr"])
            if name is None:
                quiet |= case["expr"].startswith("count_over_time(ALERTS{") and not case["exp_samples"]
            elif case["exp_samples"]:
                fired.add(name[1])
            elif name[1] in fired:
                over.add(name[1])
    alerts = {rule["alert"] for rule in _rules(root) if "alert" in rule}
    for name in sorted(alerts - over):
        yield f"rules.test.yaml: {name} is not shown to fire and then to be over"
    for name in sorted(over - alerts):
        yield f"rules.test.yaml: there is no {name}"
    if not quiet:
        yield "rules.test.yaml: no ordinary life, in which no alert fires at all"


def scraping(root):
    """Does Prometheus look for services that there are, and that answer?"""
    services = load(root / "docker-compose.yml")["services"]
    jobs = load(root / "deploy/prometheus/prometheus.yaml")["scrape_configs"]
    if [job["job_name"] for job in jobs] != ["protected-identity"]:
        yield "prometheus.yaml: the alerts go by the job protected-identity"
    for job in jobs:
        for source in job["dns_sd_configs"]:
            for name in source["names"]:
                environment = services.get(name, {}).get("environment", {})
                if environment.get("ADMIN_HOST") != "0.0.0.0":
                    yield f"prometheus.yaml: no service {name} answers beyond its own container"
                if str(source["port"]) != environment.get("ADMIN_PORT", "8080"):
                    yield f"prometheus.yaml: {name} answers at another port"


def dashboard(root):
    page = json.loads((root / "deploy/grafana/dashboard.json").read_text(encoding="utf-8"))
    panels = [panel for panel in page["panels"] if panel["type"] != "row"]
    expressions = [(panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]
    expressions += [(note["name"], note["expr"]) for note in page["annotations"]["list"]]
    names = _names(root)
    # As Grafana fills them in.
    filled = [(title, e.replace("$__rate_interval", "1m").replace("$worker", ".*")) for title, e in expressions]
    for title, expression in filled:
        if "$" in expression:
            yield f"dashboard.json: {title}: a variable that nobody fills in: {expression}"
        for stranger in metrics.strangers(expression, names):
            yield f"dashboard.json: {title}: {stranger}"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "dashboard.yaml"
        recorded = [{"record": f"panel:{number}", "expr": e} for number, (_, e) in enumerate(filled)]
        file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}), encoding="utf-8")
        yield from complaints(["promtool", "check", "rules", file])
    numbers = [panel["id"] for panel in page["panels"]]
    if len(set(numbers)) != len(numbers):
        yield "dashboard.json: two panels have one id"
    places = [panel["gridPos"] for panel in panels]
    for index, a in enumerate(places):
        if any(a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]
               for b in places[:index]):
            yield f"dashboard.json: {panels[index]['title']} lies on another panel"
    # What is told and never shown would be of no use.
    shown = " ".join(expression for _, expression in filled) + " ".join(rule["expr"] for rule in _rules(root))
    for name in metrics.listed(root):
        if name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") not in shown:
            yield f"dashboard.json: {name} stands on no panel and in no rule"


def provisioning(root):
    """Does Grafana find what compose mounts?"""
    grafana = load(root / "docker-compose.yml")["services"]["grafana"]
    mounted = dict(volume.split(":")[:2][::-1] for volume in grafana["volumes"])
    folder = root / "deploy/grafana/provisioning"
    source = load(folder / "datasources/prometheus.yaml")["datasources"][0]
    page = json.loads((root / "deploy/grafana/dashboard.json").read_text(encoding="utf-8"))
    variables = {variable["name"]: variable for variable in page["templating"]["list"]}
    if source["url"] != "http://prometheus:9090" or source["uid"] != variables["datasource"]["current"]["value"]:
        yield "provisioning: dashboard.json and the compose file know another data source"
    path = load(folder / "dashboards/protected-identity.yaml")["providers"][0]["options"]["path"]
    if mounted.get(f"{path}/protected-identity.json") != "./deploy/grafana/dashboard.json":
        yield f"provisioning: no dashboard is mounted in {path}"
    if mounted.get("/etc/grafana/provisioning") != "./deploy/grafana/provisioning":
        yield "provisioning: is not mounted"


CHECKS = [promtool, rules, rule_tests, scraping, dashboard, provisioning]
