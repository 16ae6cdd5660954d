-- The projection of the applications' logs. An entity's identity is
-- (app, partition, key): the partition comes from `partition_by`, which may
-- be another field than the key.
CREATE TABLE state (
    app TEXT NOT NULL,
    partition INT NOT NULL,
    key TEXT NOT NULL,
    version BIGINT NOT NULL,
    deleted BOOLEAN NOT NULL,
    value BYTEA NOT NULL,
    writer_version INT NOT NULL,
    PRIMARY KEY (app, partition, key)
);

CREATE TABLE state_index (
    app TEXT NOT NULL,
    partition INT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (app, partition, name, value, key)
);

CREATE TABLE checkpoint (
    app TEXT NOT NULL,
    partition INT NOT NULL,
    epoch BIGINT NOT NULL,
    positions TEXT NOT NULL,
    outbound_next BIGINT,
    outcome_next BIGINT,
    PRIMARY KEY (app, partition)
);

CREATE TABLE dedup (
    app TEXT NOT NULL,
    partition INT NOT NULL,
    contract TEXT NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    topic TEXT NOT NULL,
    "offset" BIGINT NOT NULL,
    outcome BYTEA NOT NULL,
    PRIMARY KEY (app, partition, contract, key, event_id)
);
CREATE INDEX dedup_age ON dedup (app, partition, at_ms);

CREATE TABLE audit (
    app TEXT NOT NULL,
    partition INT NOT NULL,
    key TEXT NOT NULL,
    version BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    source TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (app, partition, key, version)
);
