CREATE TABLE chunk (
    compartment bytea NOT NULL,
    content bytea NOT NULL,
    number integer NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT "PK_chunk" PRIMARY KEY (compartment, content, number)
);


CREATE TABLE upload (
    content bytea NOT NULL,
    compartment bytea NOT NULL,
    CONSTRAINT "PK_upload" PRIMARY KEY (content)
);


