CREATE TABLE "chunk" (
    "compartment" BLOB NOT NULL,
    "content" BLOB NOT NULL,
    "number" INTEGER NOT NULL,
    "sealed" BLOB NOT NULL,
    CONSTRAINT "PK_chunk" PRIMARY KEY ("compartment", "content", "number")
);

CREATE TABLE "upload" (
    "content" BLOB NOT NULL CONSTRAINT "PK_upload" PRIMARY KEY,
    "compartment" BLOB NOT NULL
) WITHOUT ROWID;

