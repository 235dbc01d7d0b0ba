"""Made-up persons and the contacts that a company has of them."""

import dataclasses

# Stands in every name and address, so that one search finds any of them wherever it has got to.
CANARY = "Kanariefugl"
TENANTS = {"nordic-sport": "keep", "kaffe-klubben": "delete"}  # as in docs/examples/worker.yaml

COLUMNS = ["contact_id", "tenant", "country", "number", "first_name", "last_name", "care_of", "street", "postal_code",
           "city", "email", "phone"]


@dataclasses.dataclass(frozen=True)
class Number:
    """A personal number, and the ways to write it. The bearers were born before 1861, so that nobody ever had one."""

    country: str
    digits: str  # all that there are: twelve Swedish ones, ten Danish ones

    @property
    def forms(self):
        """Every written form that leaves no doubt about the century."""
        if self.country == "DK":
            return [self.digits, f"{self.digits[:6]}-{self.digits[6:]}", f"{self.digits[:6]} {self.digits[6:]}"]
        return [self.digits, f"{self.digits[:8]}-{self.digits[8:]}", f"{self.digits[:8]} {self.digits[8:]}",
                f"{self.digits[2:8]}+{self.digits[8:]}"]

    @property
    def in_doubt(self):
        """A Swedish form that somebody born a hundred years later has as well."""
        return f"{self.digits[2:8]}-{self.digits[8:]}"

    @property
    def mistyped(self):
        """A wrong check digit; in Denmark, which has none, a month that does not exist."""
        if self.country == "DK":
            return self.digits[:2] + "77" + self.digits[4:]
        return self.digits[:-1] + str((int(self.digits[-1]) + 1) % 10)


@dataclasses.dataclass(frozen=True)
class Contact:
    """A row of the company's table."""

    id: str
    tenant: str
    number: Number
    written: str

    def row(self):
        name = f"{CANARY}{self.id}"
        return [self.id, self.tenant, self.number.country, self.written, f"{name}-first", f"{name}-last", f"{name}-co",
                f"{name}-street", "000 00", f"{name}-city", f"{self.id}@example.com", "+46 70 174 06 05"]


@dataclasses.dataclass
class Person:
    """Somebody of whom events speak, or nobody does."""

    tenant: str
    numbers: list
    contacts: list = dataclasses.field(default_factory=list)


class Population:
    """Makes persons and contacts, no two with the same number."""

    def __init__(self, random):
        self._random = random
        self._given = {"SE": 0, "DK": 0}
        self.contacts = []
        self.numbers = []

    def number(self, country):
        index = self._given[country]
        self._given[country] += 1
        day, month = index % 28 + 1, index // 28 % 12 + 1
        rest = index // (28 * 12)
        if country == "DK":
            # A seventh digit from 5 to 8 and a year from 58 on: born from 1858 to 1860.
            digits = f"{day:02}{month:02}{58 + rest % 3:02}{5000 + rest // 3 % 4000}"
        else:
            short = f"{30 + rest % 30:02}{month:02}{day:02}{rest // 30 % 999 + 1:03}"
            digits = f"18{short}{_check_digit(short)}"
        made = Number(country, digits)
        self.numbers.append(made)
        return made

    def person(self, contacts=0, numbers=1, country=None, tenant=None):
        """A person with that many numbers, and contacts that bear them in turn, in any written form."""
        country = country or self._random.choices(["SE", "DK"], [4, 1])[0]
        tenant = tenant or self._random.choice(list(TENANTS))
        made = Person(tenant, [self.number(country) for _ in range(numbers)])
        for index in range(contacts):
            number = made.numbers[index % numbers]
            self.contact(made, number, self._random.choice(number.forms))
        return made

    def contact(self, person, number, written):
        made = Contact(f"c-{len(self.contacts):06}", person.tenant, number, written)
        self.contacts.append(made)
        person.contacts.append(made)


def _check_digit(digits):
    products = [int(digit) * (2 - index % 2) for index, digit in enumerate(digits)]
    return -sum(product - 9 if product > 9 else product for product in products) % 10
