-- When the last reconciliation that came to its end began: one row.
CREATE TABLE reconciliations (
    id smallint PRIMARY KEY CHECK (id = 1),
    begun_at timestamptz NOT NULL
);
