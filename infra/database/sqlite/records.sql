CREATE TABLE "commit_log" (
    "sequence" INTEGER NOT NULL CONSTRAINT "PK_commit_log" PRIMARY KEY,
    "log" INTEGER NOT NULL,
    "intent" INTEGER NOT NULL,
    "hashes" BLOB NOT NULL,
    "request" BLOB NULL,
    "result" BLOB NULL,
    "mac" BLOB NOT NULL
);

CREATE TABLE "compartment" (
    "compartment_key" INTEGER NOT NULL CONSTRAINT "PK_compartment" PRIMARY KEY,
    "number" INTEGER NOT NULL,
    "handle" BLOB NOT NULL,
    "kind" INTEGER NOT NULL,
    "name" BLOB NOT NULL,
    "next_slot" INTEGER NOT NULL,
    "counter" INTEGER NOT NULL,
    "contents" BLOB NOT NULL,
    "mac" BLOB NOT NULL
);

CREATE TABLE "content" (
    "compartment_key" INTEGER NOT NULL,
    "slot" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "content" BLOB NOT NULL,
    CONSTRAINT "PK_content" PRIMARY KEY ("compartment_key", "slot", "version")
) WITHOUT ROWID;

CREATE TABLE "log" (
    "ref" INTEGER NOT NULL CONSTRAINT "PK_log" PRIMARY KEY,
    "origin" BLOB NOT NULL
);

CREATE TABLE "national_token" (
    "token" BLOB NOT NULL,
    "compartment_key" INTEGER NOT NULL,
    "slot" INTEGER NOT NULL,
    CONSTRAINT "PK_national_token" PRIMARY KEY ("token", "compartment_key", "slot")
) WITHOUT ROWID;

CREATE TABLE "party" (
    "ref" INTEGER NOT NULL CONSTRAINT "PK_party" PRIMARY KEY,
    "handle" BLOB NOT NULL,
    "name" BLOB NOT NULL
);

CREATE TABLE "patient_case" (
    "number" INTEGER NOT NULL CONSTRAINT "PK_patient_case" PRIMARY KEY,
    "kind" INTEGER NOT NULL,
    "state" INTEGER NOT NULL,
    "handle" BLOB NOT NULL,
    "compartment" INTEGER NOT NULL,
    "compartment_key" INTEGER NOT NULL,
    "hashes" BLOB NOT NULL,
    "details" BLOB NOT NULL,
    "mac" BLOB NOT NULL
);

CREATE TABLE "search_generation" (
    "number" INTEGER NOT NULL CONSTRAINT "PK_search_generation" PRIMARY KEY,
    "state" INTEGER NOT NULL,
    "compartment" INTEGER NOT NULL,
    "slot" INTEGER NOT NULL,
    "resources" INTEGER NOT NULL,
    "parameters" BLOB NOT NULL,
    "mac" BLOB NOT NULL
);

CREATE TABLE "token" (
    "compartment_key" INTEGER NOT NULL,
    "token" INTEGER NOT NULL,
    "chunk" INTEGER NOT NULL,
    "slots" BLOB NOT NULL,
    CONSTRAINT "PK_token" PRIMARY KEY ("compartment_key", "token", "chunk")
) WITHOUT ROWID;

CREATE TABLE "token_link" (
    "compartment_key" INTEGER NOT NULL,
    "token" INTEGER NOT NULL,
    "home_key" INTEGER NOT NULL,
    "slot" INTEGER NOT NULL,
    CONSTRAINT "PK_token_link" PRIMARY KEY ("compartment_key", "token", "home_key", "slot")
) WITHOUT ROWID;

CREATE TABLE "version" (
    "compartment_key" INTEGER NOT NULL,
    "slot" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "flags" INTEGER NOT NULL,
    "time" INTEGER NOT NULL,
    "submitter" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "previous" BLOB NULL,
    "hash" BLOB NOT NULL,
    "facts" BLOB NOT NULL,
    "body" BLOB NOT NULL,
    CONSTRAINT "PK_version" PRIMARY KEY ("compartment_key", "slot", "version")
);

CREATE UNIQUE INDEX "IX_commit_log_log_intent" ON "commit_log" ("log", "intent");

CREATE UNIQUE INDEX "IX_commit_log_request" ON "commit_log" ("request") WHERE request IS NOT NULL;

CREATE UNIQUE INDEX "IX_compartment_handle" ON "compartment" ("handle");

CREATE UNIQUE INDEX "IX_compartment_number" ON "compartment" ("number");

CREATE INDEX "IX_content_content" ON "content" ("content");

CREATE UNIQUE INDEX "IX_log_origin" ON "log" ("origin");

CREATE UNIQUE INDEX "IX_party_handle" ON "party" ("handle");

CREATE INDEX "IX_patient_case_handle" ON "patient_case" ("handle");

CREATE INDEX "IX_version_time" ON "version" ("time");

