CREATE TABLE "erased_key" (
    "handle" BLOB NOT NULL,
    "first" BLOB NOT NULL,
    "mac" BLOB NOT NULL,
    CONSTRAINT "PK_erased_key" PRIMARY KEY ("handle", "first")
) WITHOUT ROWID;

CREATE TABLE "wrapped_key" (
    "handle" BLOB NOT NULL,
    "epoch" INTEGER NOT NULL,
    "kek" INTEGER NOT NULL,
    "wrapped" BLOB NOT NULL,
    CONSTRAINT "PK_wrapped_key" PRIMARY KEY ("handle", "epoch")
) WITHOUT ROWID;

