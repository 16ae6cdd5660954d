-- One schema content of a context. The guid is the digest of everything that
-- makes the identity: text, references, metadata, rules.
CREATE TABLE registry_schemas (
    context     TEXT    NOT NULL,
    id          INTEGER NOT NULL,
    guid        TEXT    NOT NULL,
    schema_text TEXT    NOT NULL,
    schema_refs TEXT    NOT NULL,
    metadata    TEXT,
    rule_set    TEXT,
    PRIMARY KEY (context, id),
    UNIQUE (context, guid)
);

CREATE TABLE registry_versions (
    context    TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    id         INTEGER NOT NULL,
    created_ms BIGINT  NOT NULL,
    deleted    BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (context, subject, version),
    FOREIGN KEY (context, id) REFERENCES registry_schemas (context, id)
);
CREATE INDEX registry_versions_by_id ON registry_versions (context, id);

-- Which version refers to which: the reason why one may not be deleted.
CREATE TABLE registry_references (
    context     TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    ref_context TEXT    NOT NULL,
    ref_subject TEXT    NOT NULL,
    ref_version INTEGER NOT NULL,
    PRIMARY KEY (context, subject, version, ref_context, ref_subject, ref_version),
    FOREIGN KEY (context, subject, version)
        REFERENCES registry_versions (context, subject, version) ON DELETE CASCADE
);
CREATE INDEX registry_references_by_target
    ON registry_references (ref_context, ref_subject, ref_version);

-- The last id given in a context. Never lowered, so no id is given twice.
CREATE TABLE registry_ids (
    context TEXT    NOT NULL PRIMARY KEY,
    last_id INTEGER NOT NULL
);

-- Settings of a subject; with an empty subject, of a context; with an empty
-- context, of everything.
CREATE TABLE registry_configs (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    config  TEXT NOT NULL,
    PRIMARY KEY (context, subject)
);
CREATE TABLE registry_modes (
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    mode    TEXT NOT NULL,
    PRIMARY KEY (context, subject)
);
