"""The list of docs/metrics.md, and whether a PromQL expression keeps to it."""

import re

# What Prometheus adds to each series.
OF_THE_SCRAPE = {"job", "instance", "le", "alertname", "alertstate"}
OF_PROMETHEUS = {"up": set(), "ALERTS": set()}
_ROW = re.compile(r"^\| `([a-z_]+)` \| (counter|gauge|histogram) \|(.*?)\| \S.* \|$")
_NAME = re.compile(r"(?<![\"\w:])((?:protected_identity|process_|ALERTS\b|up\b)[a-z_:0-9]*)(?:\{([^}]*)\})?")


def listed(root):
    """Each name that there is, with its labels."""
    names = {}
    for line in (root / "docs" / "metrics.md").read_text(encoding="utf-8").splitlines():
        if row := _ROW.match(line):
            name, kind, labels = row[1], row[2], set(re.findall(r"`(\w+)`", row[3]))
            for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
                names[name + suffix] = labels
    return names


def strangers(expression, names):
    """What an expression names and the list does not."""
    known = names | OF_PROMETHEUS
    every = set().union(*known.values()) | OF_THE_SCRAPE
    for name, selector in _NAME.findall(expression):
        if name not in known:
            yield f"no metric is called {name}"
            continue
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector):
            if label not in known[name] | OF_THE_SCRAPE and name != "ALERTS":
                yield f"{name} has no label {label}"
    for labels in re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", expression):
        for label in re.findall(r"\w+", labels):
            if label not in every:
                yield f"nothing has a label {label}"
