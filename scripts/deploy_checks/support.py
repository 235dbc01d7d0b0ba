"""What the checks have in common: each is a function of the repository's root, and yields what is wrong, a line each."""

import subprocess

import yaml


def complaints(command, **options):
    """What a program says when it refuses; nothing where it does not."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    except FileNotFoundError:
        yield f"{command[0]} is missing; run scripts/setup --for-tests"
        return
    if done.returncode != 0:
        yield f"{' '.join(str(part) for part in command)}:\n{done.stdout.strip()}"


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def documents(path):
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
