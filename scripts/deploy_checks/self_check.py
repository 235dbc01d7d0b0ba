"""What is right, spoilt in many ways: each has to be noticed by the check that is there for it."""

import pathlib
import shutil
import tempfile

from . import compose, healthcheck, kubernetes, monitoring, systemd

RULES, TESTS = "deploy/prometheus/rules.yaml", "deploy/prometheus/rules.test.yaml"
PAGE, COMPOSE = "deploy/grafana/dashboard.json", "docker-compose.yml"
WORKER = "deploy/kubernetes/worker.yaml"
SPOILT = [
    (monitoring.promtool, RULES, "for: 1d", "for: 2d"),
    (monitoring.promtool, RULES, "[15m])) > 3", "[15m)) > 3"),
    (monitoring.promtool, "deploy/prometheus/prometheus.yaml", "scrape_interval", "scrape_intervall"),
    (monitoring.rules, RULES, "protected_identity_store_up == 0", "protected_identity_store_down == 0"),
    (monitoring.rules, RULES, 'kind="lost"', 'sort="lost"'),
    (monitoring.rules, RULES, "README.md#sweeping", "README.md#no-such-heading"),
    (monitoring.rules, RULES, "$labels.class", "$labels.contact"),
    (monitoring.rules, RULES, "severity: critical", "severity: dire"),
    (monitoring.rules, "README.md", "`LagOld`", "`LagOlder`"),
    (monitoring.rules, "docs/metrics.md", "| `protected_identity_ready` |", "| `protected_identity_up` |"),
    (monitoring.rule_tests, RULES, "alert: ProtectedIdentityNotReady", "alert: ProtectedIdentityUnready"),
    (monitoring.rule_tests, TESTS, 'count_over_time(ALERTS{alertstate="firing"}[26h])', "vector(0) > 1"),
    (monitoring.scraping, "deploy/prometheus/prometheus.yaml", "names: [worker,", "names: [workers,"),
    (monitoring.scraping, COMPOSE, "ADMIN_HOST: 0.0.0.0", "ADMIN_HOST: 127.0.0.1"),
    (monitoring.dashboard, PAGE, "protected_identity_in_flight_records", "protected_identity_in_flight"),
    (monitoring.dashboard, PAGE, "sum by (outcome) (rate(", "sum by (outcome) (rate("[:-1]),
    (monitoring.dashboard, PAGE, "protected_identity_unpublished_slices", "protected_identity_owed_messages"),
    (monitoring.dashboard, PAGE, "$__rate_interval", "$interval"),
    (monitoring.provisioning, "deploy/grafana/provisioning/datasources/prometheus.yaml", "uid: prometheus", "uid: other"),
    (monitoring.provisioning, COMPOSE, "/etc/grafana/dashboards/protected-identity.json:ro", "/srv/dashboard.json:ro"),
    (compose.compose, COMPOSE, "grafana/grafana:12.1.1", "grafana/grafana:latest"),
    (compose.compose, COMPOSE, '"127.0.0.1:9090:9090"', '"9090:9090"'),
    (compose.compose, COMPOSE, "stop_grace_period: 15s", "stop_grace_period: 10s"),
    (compose.compose, COMPOSE, "cap_drop: [ALL]", "cap_drop: [NET_RAW]"),
    (kubernetes.schemas, WORKER, "periodSeconds: 5", "periodSecond: 5"),
    (kubernetes.schemas, "deploy/kubernetes/network-policy.yaml", "port: 5432", "port: [5432]"),
    (kubernetes.kustomization, "deploy/kubernetes/kustomization.yaml", "  - network-policy.yaml\n", ""),
    (kubernetes.pods, WORKER, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
    (kubernetes.pods, WORKER, "runAsNonRoot: true", "runAsNonRoot: false"),
    (kubernetes.pods, WORKER, "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 5"),
    (kubernetes.pods, WORKER, "enableServiceLinks: false", "enableServiceLinks: true"),
    (kubernetes.pods, WORKER, "path: /health/ready", "path: /health/live"),
    (kubernetes.pods, WORKER, "name: PGPASSFILE, value", "name: PGPASSWORD, value"),
    (kubernetes.references, WORKER, "secretName: protected-identity-worker", "secretName: protected-identity-workers"),
    (kubernetes.references, "deploy/kubernetes/secret.example.yaml", "'replace-me:BASE64'", "'a:c2VjcmV0'"),
    (kubernetes.operators, "deploy/kubernetes/keda/scaled-object.yaml", "maxReplicaCount: 12", "maxReplicaCount: 20"),
    (kubernetes.operators, "deploy/kubernetes/prometheus-operator/pod-monitor.yaml", "app.kubernetes.io/name\n  selector",
     "app.kubernetes.io/component\n  selector"),
    (systemd.units, "deploy/systemd/protected-identity-.service.d/sandbox.conf", "ProtectSystem=strict", "ProtectSystem=maybe"),
    (systemd.units, "deploy/systemd/protected-identity-.service.d/sandbox.conf", "DynamicUser=yes\nUser=protected-%j", "User=root"),
    (healthcheck.healthcheck, "Dockerfile", "'HTTP/1.1 200 '*", "'HTTP/1.1 '*"),
    (healthcheck.healthcheck, "Dockerfile", "GET /health/ready ", "GET /health/readiness "),
]


def main(root):
    unnoticed = 0
    for check, file, right, wrong in SPOILT:
        with tempfile.TemporaryDirectory() as place:
            copy = pathlib.Path(place)
            for name in ("deploy", "docs"):
                shutil.copytree(root / name, copy / name)
            for name in ("docker-compose.yml", "Dockerfile", "README.md"):
                shutil.copy(root / name, copy / name)
            text = (copy / file).read_text(encoding="utf-8")
            if right not in text:
                print(f"check-deploy: {file} has no {right!r} any more: spoil something else")
                unnoticed += 1
                continue
            (copy / file).write_text(text.replace(right, wrong), encoding="utf-8")
            if not any(True for _ in check(copy)):
                print(f"check-deploy: {check.__name__} does not notice {wrong!r} in {file}")
                unnoticed += 1
    if not unnoticed:
        print(f"check-deploy: notices each of {len(SPOILT)} things that can be wrong")
    return 1 if unnoticed else 0
