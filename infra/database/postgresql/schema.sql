CREATE TABLE commit_log (
    sequence bigint NOT NULL,
    log integer NOT NULL,
    intent bigint NOT NULL,
    hashes bytea NOT NULL,
    request bytea,
    result bytea,
    mac bytea NOT NULL,
    CONSTRAINT "PK_commit_log" PRIMARY KEY (sequence)
);


CREATE TABLE compartment (
    compartment_key bigint NOT NULL,
    number bigint NOT NULL,
    handle bytea NOT NULL,
    kind integer NOT NULL,
    name bytea NOT NULL,
    next_slot integer NOT NULL,
    counter bigint NOT NULL,
    contents bytea NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT "PK_compartment" PRIMARY KEY (compartment_key)
);


CREATE TABLE content (
    compartment_key bigint NOT NULL,
    slot integer NOT NULL,
    version integer NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT "PK_content" PRIMARY KEY (compartment_key, slot, version)
);


CREATE TABLE log (
    ref integer NOT NULL,
    origin bytea NOT NULL,
    CONSTRAINT "PK_log" PRIMARY KEY (ref)
);


CREATE TABLE national_token (
    token bytea NOT NULL,
    compartment_key bigint NOT NULL,
    slot integer NOT NULL,
    CONSTRAINT "PK_national_token" PRIMARY KEY (token, compartment_key, slot)
);


CREATE TABLE party (
    ref integer NOT NULL,
    handle bytea NOT NULL,
    name bytea NOT NULL,
    CONSTRAINT "PK_party" PRIMARY KEY (ref)
);


CREATE TABLE patient_case (
    number bigint NOT NULL,
    kind integer NOT NULL,
    state integer NOT NULL,
    handle bytea NOT NULL,
    compartment bigint NOT NULL,
    compartment_key bigint NOT NULL,
    hashes bytea NOT NULL,
    details bytea NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT "PK_patient_case" PRIMARY KEY (number)
);


CREATE TABLE search_generation (
    number integer NOT NULL,
    state integer NOT NULL,
    compartment bigint NOT NULL,
    slot integer NOT NULL,
    resources bigint NOT NULL,
    parameters bytea NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT "PK_search_generation" PRIMARY KEY (number)
);


CREATE TABLE token (
    compartment_key bigint NOT NULL,
    token integer NOT NULL,
    chunk integer NOT NULL,
    slots bytea NOT NULL,
    CONSTRAINT "PK_token" PRIMARY KEY (compartment_key, token, chunk)
);


CREATE TABLE token_link (
    compartment_key bigint NOT NULL,
    token integer NOT NULL,
    home_key bigint NOT NULL,
    slot integer NOT NULL,
    CONSTRAINT "PK_token_link" PRIMARY KEY (compartment_key, token, home_key, slot)
);


CREATE TABLE version (
    compartment_key bigint NOT NULL,
    slot integer NOT NULL,
    version integer NOT NULL,
    flags integer NOT NULL,
    time bigint NOT NULL,
    submitter integer NOT NULL,
    epoch integer NOT NULL,
    previous bytea,
    hash bytea NOT NULL,
    facts bytea NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT "PK_version" PRIMARY KEY (compartment_key, slot, version)
);


CREATE UNIQUE INDEX "IX_commit_log_log_intent" ON commit_log (log, intent);


CREATE UNIQUE INDEX "IX_commit_log_request" ON commit_log (request) WHERE request IS NOT NULL;


CREATE UNIQUE INDEX "IX_compartment_handle" ON compartment (handle);


CREATE UNIQUE INDEX "IX_compartment_number" ON compartment (number);


CREATE INDEX "IX_content_content" ON content (content);


CREATE UNIQUE INDEX "IX_log_origin" ON log (origin);


CREATE UNIQUE INDEX "IX_party_handle" ON party (handle);


CREATE INDEX "IX_patient_case_handle" ON patient_case (handle);


CREATE INDEX "IX_version_time" ON version (time);


