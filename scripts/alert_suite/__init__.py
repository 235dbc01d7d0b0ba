"""Each alert of deploy/prometheus/rules.yaml, provoked on a live worker and seen by a real Prometheus to fire and to be over.

`scale` makes waits shorter, `prometheus` asks, `world` is broker, database and workers, `scenes` what goes wrong; scripts/test-alerts is
the way in.
"""
