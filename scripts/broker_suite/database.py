"""A PostgreSQL of the run's own with the tables of docs/examples, and psql to look into it."""

import csv
import io
import os
import pathlib
import secrets
import subprocess

from .population import COLUMNS

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CONFIGURATION = ROOT / "docs" / "examples" / "worker.yaml"
ROLE = "protected_identity_worker"

_ROWS = """
COPY (
    SELECT c.*, d.address_id AS "delivery.address_id", d.customer_id AS "delivery.customer_id",
        d.recipient AS "delivery.recipient", d.street AS "delivery.street",
        d.postal_code AS "delivery.postal_code", d.city AS "delivery.city"
    FROM crm.customer AS c LEFT JOIN crm.delivery_address AS d USING (customer_id)
) TO STDOUT WITH (FORMAT csv, HEADER)
"""


class Database:
    """The server, from its start to `stop`."""

    def __init__(self):
        self._folder, self._superuser = self._postgres("start").splitlines()
        self._address = self._superuser.split("@")[1].split("/")[0]
        self._password = secrets.token_hex(8)
        self.environment = {"STORE_URL": f"postgres://{ROLE}@{self._address}/crm", "PGPASSWORD": self._password}

    def _postgres(self, *arguments):
        return subprocess.run([ROOT / "scripts" / "postgres", *arguments], check=True, stdout=subprocess.PIPE,
                              text=True).stdout

    def stop(self):
        self._postgres("stop", self._folder)

    def restart(self, mode):
        self._postgres("restart", self._folder, mode)

    def fill(self, contacts, program):
        """The tables of crm.sql with these customers, the worker's own beside them, and its privileges."""
        rows = io.StringIO()
        csv.writer(rows).writerows([COLUMNS, *(contact.row() for contact in contacts)])
        self.sql("CREATE DATABASE crm", database="postgres")
        self._psql(["--file", str(ROOT / "docs" / "examples" / "crm.sql")], "crm", input=rows.getvalue())
        self.sql(f"""
            UPDATE crm.customer SET birth_date = '1859-01-01';
            ALTER ROLE crm PASSWORD '{self._password}';
            ALTER ROLE {ROLE} PASSWORD '{self._password}';
        """)
        owner = os.environ | self.environment | {"STORE_URL": f"postgres://crm@{self._address}/crm"}
        subprocess.run([program, "migrate", "--config", CONFIGURATION], env=owner, check=True, stdout=subprocess.DEVNULL)
        self.sql((ROOT / "docs" / "examples" / "grants.sql").read_text(encoding="utf-8"))
        self.sql("VACUUM (ANALYZE)")

    def rows(self):
        """Each contact with its delivery address, by id."""
        return {row["customer_id"]: row for row in csv.DictReader(io.StringIO(self.sql(_ROWS)))}

    def slices(self):
        return int(self.sql("SELECT count(*) FROM protected_identity.unpublished_slices"))

    def sql(self, text, database="crm"):
        return self._psql(["--command", text], database)

    def _psql(self, arguments, database, input=None):
        url = self._superuser.rsplit("/", 1)[0] + "/" + database
        return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *arguments, url], check=True, input=input,
                              stdout=subprocess.PIPE, text=True).stdout
