"""What the contract makes of a feed, written from the contract alone: fold, then enforce, one record after the other."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What has to become of a record: an outcome, a quarantine record, or neither, since it is a copy."""

    outcome: str | None = None
    contacts: frozenset = frozenset()
    clears: bool = False  # whether there was data to clear, or the mark alone was set
    reason: str | None = None


def bearers(contacts):
    """The ids of contacts by (tenant, number)."""
    found = {}
    for contact in contacts:
        found.setdefault((contact.tenant, contact.number), set()).add(contact.id)
    return found


class _Known:
    """One person, as far as events have told."""

    def __init__(self):
        self.names = set()  # (tenant, number)
        self.words = {}  # register: (observed_at, protected)

    def is_protected(self):
        return any(protected for _, protected in self.words.values())

    def fold(self, register, word):
        """Adds a register's word, and tells whether a later one was known. At equal times protected stands."""
        known = self.words.get(register)
        self.words[register] = max(known, word) if known else word
        return known is not None and known[0] > word[0]


class Model:
    """A company's contacts, and what events have made of them. `bearers` is shared by models and never changed."""

    def __init__(self, bearers):
        self._bearers = bearers
        self._persons = {}  # (tenant, number): the person known under it
        self._journal = {}  # identity: what was seen under it
        self.marked = set()
        self.cleared = set()

    def take(self, record):
        """Decides one record behind all those before it."""
        if record.identity is not None:
            if record.identity in self._journal:
                is_copy = self._journal[record.identity] == record.value
                return Verdict() if is_copy else Verdict(reason="identity-reused")
            self._journal[record.identity] = record.value
        if record.refused:
            return Verdict(reason=record.refused)
        return self._rule(record.said)

    def _rule(self, said):
        if not said.served:
            return Verdict("not-applicable")
        person = self._one_person({(said.tenant, number) for number in said.numbers})
        is_older = person.fold(said.register, (said.observed_at, said.protected))
        contacts = frozenset().union(*(self._bearers.get(name, ()) for name in person.names))
        if not contacts:
            return Verdict("unmatched")
        if person.is_protected():
            outcome, changed = "redacted", contacts - self.marked
            clears = not changed <= self.cleared
            self.marked |= changed
            self.cleared |= changed
        else:
            outcome, changed, clears = "protection-lifted", contacts & self.marked, False
            self.marked -= changed
        if changed:
            return Verdict(outcome, changed, clears)
        return Verdict("superseded" if is_older else "unchanged", contacts)

    def _one_person(self, names):
        """Whoever is known under these names: from now on they are one."""
        person = _Known()
        for known in {id(p): p for p in map(self._persons.get, names) if p}.values():
            person.names |= known.names
            for register, word in known.words.items():
                person.fold(register, word)
        person.names |= names
        for name in person.names:
            self._persons[name] = person
        return person
