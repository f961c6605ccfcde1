CREATE TABLE erased_key (
    handle bytea NOT NULL,
    first bytea NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT "PK_erased_key" PRIMARY KEY (handle, first)
);


CREATE TABLE wrapped_key (
    handle bytea NOT NULL,
    epoch integer NOT NULL,
    kek integer NOT NULL,
    wrapped bytea NOT NULL,
    CONSTRAINT "PK_wrapped_key" PRIMARY KEY (handle, epoch)
);


