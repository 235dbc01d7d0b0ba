"""docker-compose.yml: what it pins, publishes and takes away. Whether Compose can read it at all is for scripts/lint-docker."""

import re

from .support import load

# What runs as whoever its image says, with its own capabilities, to make its data's folder its own.
ROOTS = {"kafka", "topics", "feed", "postgres", "grants"}


def compose(root):
    for name, service in load(root / "docker-compose.yml")["services"].items():
        image = service["image"]
        # Our own has no tag: it is built here.
        if image != "protected-identity" and not re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$", image):
            yield f"docker-compose.yml: {name}: {image} is not pinned"
        for port in service.get("ports", []):
            if not str(port).startswith("127.0.0.1:"):
                yield f"docker-compose.yml: {name}: {port} is published beyond this machine"
        if image == "protected-identity":
            if service.get("ports"):
                yield f"docker-compose.yml: {name}: the admin end is not to be published"
            if not service.get("read_only"):
                yield f"docker-compose.yml: {name}: its files can be written"
            if service.get("restart") and int(service.get("stop_grace_period", "10s").removesuffix("s")) <= 10:
                yield f"docker-compose.yml: {name}: is killed before shutdown.timeout (10s) is over"
        if name not in ROOTS and (service.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in service["security_opt"]):
            yield f"docker-compose.yml: {name}: has capabilities, or may gain them"
    for number, line in enumerate((root / "Dockerfile").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("FROM ") and not re.search(r":[\w.-]*\d", line):
            yield f"Dockerfile:{number}: the image is not pinned"


CHECKS = [compose]
