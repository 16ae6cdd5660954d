-- The projection of the applications' logs. An entity's identity is
-- (app, partition, key): the partition comes from `partition_by`, which may
-- be another field than the key.
CREATE TABLE state (
    app TEXT NOT NULL,
    partition INTEGER NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    value BLOB NOT NULL,
    writer_version INTEGER NOT NULL,
    PRIMARY KEY (app, partition, key)
) WITHOUT ROWID;

CREATE TABLE state_index (
    app TEXT NOT NULL,
    partition INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (app, partition, name, value, key)
) WITHOUT ROWID;

CREATE TABLE checkpoint (
    app TEXT NOT NULL,
    partition INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    positions TEXT NOT NULL,
    outbound_next INTEGER,
    outcome_next INTEGER,
    PRIMARY KEY (app, partition)
) WITHOUT ROWID;

CREATE TABLE dedup (
    app TEXT NOT NULL,
    partition INTEGER NOT NULL,
    contract TEXT NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    topic TEXT NOT NULL,
    "offset" INTEGER NOT NULL,
    outcome BLOB NOT NULL,
    PRIMARY KEY (app, partition, contract, key, event_id)
) WITHOUT ROWID;
CREATE INDEX dedup_age ON dedup (app, partition, at_ms);

CREATE TABLE audit (
    app TEXT NOT NULL,
    partition INTEGER NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    source TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (app, partition, key, version)
) WITHOUT ROWID;
