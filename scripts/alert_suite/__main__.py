"""python3 -m alert_suite [SCENE…]; scripts/test-alerts is the way in."""

import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time

from . import scenes
from .prometheus import Prometheus
from .scale import scale_rules
from .world import ROOT, Failed, World


def main():
    known = {scene.__name__: scene for scene in scenes.SCENES}
    if unknown := [name for name in sys.argv[1:] if name not in known]:
        print(f"test-alerts: no scene is called {unknown[0]}; there are {', '.join(known)}", file=sys.stderr)
        return 64
    chosen = [known[name] for name in sys.argv[1:]] or scenes.SCENES
    rules = (ROOT / "deploy/prometheus/rules.yaml").read_text(encoding="utf-8")
    alerts = re.findall(r"alert: (\w+)", rules)
    program, broker = (pathlib.Path(os.environ[name]).resolve() for name in ("PROGRAM", "BROKER"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of what has to be tidied up
    folder = pathlib.Path(tempfile.mkdtemp(prefix="alerts-"))
    world = prometheus = stage = None
    begun = time.monotonic()
    try:
        world = World(folder, program, broker)
        prometheus = Prometheus(folder, scale_rules(rules))
        stage = scenes.Stage(world, prometheus)
        for scene in chosen:
            print(f"{scene.__name__} ({time.monotonic() - begun:.0f} s)", flush=True)
            scene(stage)
        stage.finish()
    except Failed as error:
        print(f"test-alerts: {error}", file=sys.stderr)
        if stage:
            print("".join(stage.worker.lines[-15:]), file=sys.stderr)
        return 1
    finally:
        if prometheus:
            prometheus.stop()
        if world:
            world.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if chosen is scenes.SCENES and (missing := [name for name in alerts if name not in stage.over]):
        print(f"test-alerts: no scene has had {', '.join(missing)} fire and be over", file=sys.stderr)
        return 1
    print(f"test-alerts: {len(stage.over)} of {len(alerts)} alerts have fired and are over, in {time.monotonic() - begun:.0f} s")
    return 0


sys.exit(main())
