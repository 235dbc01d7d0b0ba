"""The feed: what registers say of the persons, in the order in which it is sent, all of it from one seed."""

import dataclasses
import datetime
import json
import random

from .population import CANARY, Population

TYPE = "protected-identity.status.v1"
BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


@dataclasses.dataclass(frozen=True)
class Said:
    """What an event says, for those who judge: of whom, and what."""

    tenant: str
    numbers: tuple  # of Number; those of the named contact, where it is named alone
    protected: bool
    observed_at: int  # seconds after BEGIN
    register: str | None
    served: bool = True  # the country is one of the two


@dataclasses.dataclass(frozen=True)
class Record:
    """One record of the feed, and what a worker has to make of it when nobody else is spoken of."""

    event: str  # a name for reports, free of personal values; copies of an event share it
    identity: tuple | None  # (ce_source, ce_id)
    key: str
    headers: tuple
    value: bytes
    person: int  # persons that share nothing have different ones: events of one are independent of another's
    said: Said | None  # nothing, where it cannot be understood
    refused: str | None = None  # the reason why it is set aside


class Feed:
    """A population and what is said of it: `records` in the order of sending."""

    def __init__(self, seed, events):
        self._random = random.Random(f"feed {seed}")
        self.population = Population(self._random)
        self._timed = []  # (when, record): sorted at the end
        self._persons = self._events = 0
        kinds = {self._known: 66, self._unknown: 12, self._two_numbers: 6, self._foreign: 3, self._refused: 7,
                 self._two_persons_at_once: 1, self._in_doubt: 1, self._bystander: 8}
        while len(self._timed) < events:
            self._persons += 1
            self._random.choices(list(kinds), kinds.values())[0]()
        self._timed.sort(key=lambda timed: timed[0])
        self.records = [record for _, record in self._timed]

    # Kinds of persons.

    def _known(self):
        person = self.population.person(contacts=self._random.choices([1, 2, 3], [6, 3, 1])[0])
        self._tell(person, self._random.randint(2, 9), lambda: self._by_number_or_contact(person))

    def _unknown(self):
        person = self.population.person()
        self._tell(person, self._random.randint(1, 3), lambda: (person.numbers, {}), origin="lookup")

    def _two_numbers(self):
        person = self.population.person(contacts=self._random.randint(1, 3), numbers=2)
        both = person.numbers
        # At least once the two are said to be one person's.
        ways = [lambda: (both, {}), lambda: (both[::-1], {}), lambda: (both[:1], {}), lambda: (both[1:], {})]
        turns = iter([ways[0]] + self._random.choices(ways, k=20))
        self._tell(person, self._random.randint(2, 7), lambda: next(turns)())

    def _foreign(self):
        person = self.population.person()
        self._tell(person, 1, lambda: (person.numbers, {"country": self._random.choice(["NO", "FI", "IS"])}))

    def _bystander(self):
        self.population.person(contacts=self._random.randint(1, 2))

    def _refused(self):
        person = self.population.person(contacts=1)
        number = person.numbers[0]
        reason, changes = self._random.choice([
            ("undecodable", None), ("invalid-envelope", {}), ("unknown-type", {}), ("invalid-data", {"status": "maybe"}),
            ("invalid-data", {"observedAt": "yesterday"}), ("unknown-tenant", {"tenant": "nobody-of-ours"}),
            ("malformed-number", {"personalIdentityNumber": number.mistyped}),
            ("implausible-time", {"status": "not-protected", "observedAt": "2999-01-01T00:00:00Z"}),
        ])
        self._tell(person, 1, lambda: (person.numbers, changes or {}), refused=reason)

    def _two_persons_at_once(self):
        one = self.population.person(contacts=1)
        other = self.population.person(contacts=1, tenant=one.tenant)
        self._tell(one, 1, lambda: (one.numbers, {"contactId": other.contacts[0].id}), refused="ambiguous-identity")

    def _in_doubt(self):
        person = self.population.person(country="SE")
        self.population.contact(person, person.numbers[0], person.numbers[0].in_doubt)
        self._tell(person, 1, lambda: (person.numbers, {}), refused="ambiguous-match")

    # Their events.

    def _by_number_or_contact(self, person):
        way = self._random.random()
        if way < 0.8:
            return person.numbers, {}
        named = {"contactId": self._random.choice(person.contacts).id}
        if way < 0.9:
            return person.numbers, named
        return person.numbers, named | {"personalIdentityNumber": None}

    def _tell(self, person, count, who, origin="monitoring", refused=None):
        """Some events of one person: in order or late, all under one key or scattered, now and then twice."""
        choice = self._random
        begin, spread = choice.random(), choice.choice([0.0005, 0.01, 0.3])
        places = [begin + choice.random() * spread for _ in range(count)]
        if choice.random() < 0.7:
            places.sort()
        key = choice.choice(person.numbers).digits if choice.random() < 0.2 else f"person-{self._persons}"
        is_scattered = choice.random() < 0.3
        registers = choice.choice([["SPAR"], ["SPAR", "CPR"], [None, "SPAR"]])
        for step, place in enumerate(places):
            observed_at = step * 3600 + choice.randrange(3600) if choice.random() < 0.95 else 3600  # ties, too
            numbers, changes = who()
            self._send(person, place, lambda: self._new_key() if is_scattered else key, numbers, changes,
                       protected=choice.random() < 0.65, observed_at=observed_at, register=choice.choice(registers),
                       origin=origin, refused=refused)

    def _send(self, person, place, key, numbers, changes, *, protected, observed_at, register, origin, refused):
        self._events += 1
        name = f"e-{self._events:06}"
        country = changes.get("country", numbers[0].country)
        source, id = "/registry/spar", name
        if self._random.random() < 0.005 and country in ("SE", "DK"):
            # A feed that puts the number into its identities: what is published has a pseudonym there.
            source, id = f"/registry/{name}", f"about-{self._random.choice(numbers[0].forms)}"
        data = {
            "tenant": person.tenant, "status": "protected" if protected else "not-protected", "origin": origin,
            "country": country, "observedAt": _time(observed_at),
            "personalIdentityNumber": self._random.choice(numbers[0].forms), "registry": register,
            "protection": "sekretessmarkering", "name": f"{CANARY} {name}", "street": f"{CANARY} street {name}",
        } | changes
        if len(numbers) > 1:
            data["otherPersonalIdentityNumbers"] = [self._random.choice(number.forms) for number in numbers[1:]]
        data = {member: value for member, value in data.items() if value is not None}
        served = country in ("SE", "DK") or "contactId" in changes
        said = None if refused else Said(person.tenant, tuple(numbers), protected, observed_at, register, served)
        record = self._record(name, (source, id), key(), data, said, refused)
        self._timed.append((place, record))
        # The same once more, later and perhaps elsewhere.
        while self._random.random() < 0.08:
            place += self._random.choice([0.0, 0.0002, 0.2])
            self._timed.append((place, dataclasses.replace(record, key=key())))
        # Another event under the same identity; of the two the first one read counts.
        if not refused and self._random.random() < 0.01:
            again = self._record(name, (source, id), key(), data | {"protection": "another"}, said, None)
            self._timed.append((place + self._random.choice([0.0, 0.1]), again))

    def _record(self, name, identity, key, data, said, refused):
        value = json.dumps(data, ensure_ascii=False).encode()
        event_type = "unknown.v1" if refused == "unknown-type" else TYPE
        if refused == "undecodable":
            value = value[:-5]
        source, id = identity
        attributes = {"specversion": "1.0", "id": id, "source": source, "type": event_type}
        if refused == "invalid-envelope":
            del attributes["id"]
            identity = None
        if refused is None and self._random.random() < 0.1:
            event = attributes | {"datacontenttype": "application/json", "data": data}
            headers = (("content-type", b"application/cloudevents+json"),)
            value = json.dumps(event).encode()
        else:
            headers = tuple((f"ce_{name}", value.encode()) for name, value in attributes.items())
            headers += (("content-type", b"application/json"),)
        return Record(name, identity, key, headers, value, self._persons, said, refused)

    def _new_key(self):
        return f"key-{self._random.randrange(1 << 30)}"


def _time(seconds):
    return (BEGIN + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
