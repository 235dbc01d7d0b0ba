"""Looks for personal values in bytes."""

import re

# Six digits and four, with whatever may stand between them. A century in front of them is no matter; windows overlap.
_NUMBER = re.compile(rb"(?=(\d{6})[-+ ]?(\d{4}))")
# The workers' own ids are hashes: among a hundred thousand of them some digits are a number by chance.
_OWN_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|pseudonym-[0-9a-f]{32}")


class Canaries:
    """A mark that stands in every name and address, and the numbers, which are found in every written form."""

    def __init__(self, mark, numbers):
        self._mark = mark.lower().encode()
        self._numbers = {number.digits[-10:].encode() for number in numbers}

    def found_in(self, text):
        """The kinds of personal values in `text`."""
        if self._mark in text.lower():
            yield "name or address"
        for match in _NUMBER.finditer(_OWN_ID.sub(b"", text)):
            if b"".join(match.groups()) in self._numbers:
                yield "number"
