-- What was done, in the order in which it was committed, by whom and why.
CREATE TABLE registry_changes (
    seq     BIGINT NOT NULL PRIMARY KEY,
    kind    TEXT   NOT NULL,
    context TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    version INTEGER,
    id      INTEGER,
    guid    TEXT,
    author  TEXT,
    reason  TEXT,
    at_ms   BIGINT NOT NULL
);
CREATE INDEX registry_changes_by_subject ON registry_changes (context, subject, seq);

-- One row: the last number given. Its lock is what keeps numbers and commits
-- in one order.
CREATE TABLE registry_feed (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    last_seq BIGINT  NOT NULL
);
INSERT INTO registry_feed (one, last_seq) VALUES (1, 0);

-- When which client last asked for a schema.
CREATE TABLE registry_fetches (
    context TEXT    NOT NULL,
    id      INTEGER NOT NULL,
    client  TEXT    NOT NULL,
    last_ms BIGINT  NOT NULL,
    PRIMARY KEY (context, id, client)
);

-- A context that was deleted is not listed; its ids stay given.
ALTER TABLE registry_ids ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;
