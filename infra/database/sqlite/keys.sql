CREATE TABLE "wrapped_key" (
    "handle" BLOB NOT NULL,
    "epoch" INTEGER NOT NULL,
    "kek" INTEGER NOT NULL,
    "wrapped" BLOB NOT NULL,
    CONSTRAINT "PK_wrapped_key" PRIMARY KEY ("handle", "epoch")
) WITHOUT ROWID;

