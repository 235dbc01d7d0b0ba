"""deploy/systemd: does systemd understand the units, and how much could a program in them do?"""

import os
import pathlib
import shutil
import subprocess
import tempfile

from .support import complaints

# Of 100, as `systemd-analyze security` counts, for units that may talk to the network and little else.
MOST_EXPOSURE = 11


def units(root):
    folder = root / "deploy" / "systemd"
    with tempfile.TemporaryDirectory() as place:
        # It looks whether the program is there.
        shutil.copytree(folder, place, dirs_exist_ok=True)
        names = sorted(path.name for path in folder.glob("*.service"))
        for name in names:
            unit = pathlib.Path(place) / name
            text = unit.read_text(encoding="utf-8")
            if "ExecStart=/usr/local/bin/protected-identity " not in text:
                yield f"{name}: does not start the program where make install puts it"
            unit.write_text(text.replace("/usr/local/bin/protected-identity", "/bin/true"), encoding="utf-8")
        environment = os.environ | {"SYSTEMD_UNIT_PATH": f"{place}:"}
        for name in names:
            # What it does not understand it only warns of.
            verified = subprocess.run(["systemd-analyze", "verify", "--man=no", name], env=environment, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if verified.returncode != 0 or verified.stdout.strip():
                yield f"{name}: {verified.stdout.strip()}"
            for complaint in complaints(["systemd-analyze", "security", "--no-pager", "--offline=true",
                                         f"--threshold={MOST_EXPOSURE}", name], env=environment):
                yield "\n".join(line for line in complaint.splitlines() if not line.startswith("✓"))
        if len(names) < 4:
            yield "deploy/systemd: units are missing"


CHECKS = [units]
