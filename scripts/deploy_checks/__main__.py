"""python3 -m deploy_checks [--self-check]; scripts/check-deploy is the way in."""

import pathlib
import sys

from . import compose, healthcheck, kubernetes, monitoring, self_check, systemd


def main():
    root = pathlib.Path.cwd()
    if sys.argv[1:] == ["--self-check"]:
        return self_check.main(root)
    if sys.argv[1:]:
        print(f"check-deploy: {sys.argv[1]} is no argument", file=sys.stderr)
        return 64
    checks = [check for part in (monitoring, compose, kubernetes, systemd, healthcheck) for check in part.CHECKS]
    wrong = [complaint for check in checks for complaint in check(root)]
    for complaint in wrong:
        print(f"check-deploy: {complaint}", file=sys.stderr)
    if not wrong:
        print("check-deploy: nothing to say")
    return 1 if wrong else 0


sys.exit(main())
