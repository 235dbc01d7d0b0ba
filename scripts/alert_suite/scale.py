"""The shipped rules, with less waiting."""

import re

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# `for: 5m`, `[5m]`, `offset 5m` and `time() - 300`, and nothing else: what an alert compares with stays as it is.
_WAITS = re.compile(r"(?P<before>\bfor: |\[|\boffset )(?P<count>\d+)(?P<unit>[smhd])\b")
_SINCE = re.compile(r"(?<=\btime\(\) - )\d+\b")


def scaled(seconds):
    """A sixtieth of a wait, no shorter than five scrapes of a second and no longer than a minute."""
    return min(60, max(5, seconds // 60))


def scale_rules(text):
    """The text of the rules with each wait and range scaled."""
    text = _WAITS.sub(lambda wait: f"{wait['before']}{scaled(int(wait['count']) * _UNITS[wait['unit']])}s", text)
    return _SINCE.sub(lambda seconds: str(scaled(int(seconds[0]))), text)
