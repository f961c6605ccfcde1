CREATE TABLE [commit_log] (
    [sequence] bigint NOT NULL,
    [log] int NOT NULL,
    [intent] bigint NOT NULL,
    [hashes] varbinary(max) NOT NULL,
    [request] varbinary(16) NULL,
    [result] varbinary(max) NULL,
    [mac] binary(32) NOT NULL,
    CONSTRAINT [PK_commit_log] PRIMARY KEY ([sequence])
);
GO


CREATE TABLE [compartment] (
    [compartment_key] bigint NOT NULL,
    [number] bigint NOT NULL,
    [handle] binary(16) NOT NULL,
    [kind] int NOT NULL,
    [name] varbinary(512) NOT NULL,
    [next_slot] int NOT NULL,
    [counter] bigint NOT NULL,
    [contents] binary(32) NOT NULL,
    [mac] binary(32) NOT NULL,
    CONSTRAINT [PK_compartment] PRIMARY KEY ([compartment_key])
);
GO


CREATE TABLE [content] (
    [compartment_key] bigint NOT NULL,
    [slot] int NOT NULL,
    [version] int NOT NULL,
    [content] binary(16) NOT NULL,
    CONSTRAINT [PK_content] PRIMARY KEY ([compartment_key], [slot], [version])
);
GO


CREATE TABLE [log] (
    [ref] int NOT NULL,
    [origin] varbinary(256) NOT NULL,
    CONSTRAINT [PK_log] PRIMARY KEY ([ref])
);
GO


CREATE TABLE [national_token] (
    [token] binary(16) NOT NULL,
    [compartment_key] bigint NOT NULL,
    [slot] int NOT NULL,
    CONSTRAINT [PK_national_token] PRIMARY KEY ([token], [compartment_key], [slot])
);
GO


CREATE TABLE [party] (
    [ref] int NOT NULL,
    [handle] binary(16) NOT NULL,
    [name] varbinary(512) NOT NULL,
    CONSTRAINT [PK_party] PRIMARY KEY ([ref])
);
GO


CREATE TABLE [patient_case] (
    [number] bigint NOT NULL,
    [kind] int NOT NULL,
    [state] int NOT NULL,
    [handle] binary(16) NOT NULL,
    [compartment] bigint NOT NULL,
    [compartment_key] bigint NOT NULL,
    [hashes] varbinary(max) NOT NULL,
    [details] varbinary(max) NOT NULL,
    [mac] binary(32) NOT NULL,
    CONSTRAINT [PK_patient_case] PRIMARY KEY ([number])
);
GO


CREATE TABLE [search_generation] (
    [number] int NOT NULL,
    [state] int NOT NULL,
    [compartment] bigint NOT NULL,
    [slot] int NOT NULL,
    [resources] bigint NOT NULL,
    [parameters] varbinary(max) NOT NULL,
    [mac] binary(32) NOT NULL,
    CONSTRAINT [PK_search_generation] PRIMARY KEY ([number])
);
GO


CREATE TABLE [token] (
    [compartment_key] bigint NOT NULL,
    [token] int NOT NULL,
    [chunk] int NOT NULL,
    [slots] varbinary(1024) NOT NULL,
    CONSTRAINT [PK_token] PRIMARY KEY ([compartment_key], [token], [chunk])
);
GO


CREATE TABLE [token_link] (
    [compartment_key] bigint NOT NULL,
    [token] int NOT NULL,
    [home_key] bigint NOT NULL,
    [slot] int NOT NULL,
    CONSTRAINT [PK_token_link] PRIMARY KEY ([compartment_key], [token], [home_key], [slot])
);
GO


CREATE TABLE [version] (
    [compartment_key] bigint NOT NULL,
    [slot] int NOT NULL,
    [version] int NOT NULL,
    [flags] int NOT NULL,
    [time] bigint NOT NULL,
    [submitter] int NOT NULL,
    [epoch] int NOT NULL,
    [previous] varbinary(32) NULL,
    [hash] binary(32) NOT NULL,
    [facts] varbinary(max) NOT NULL,
    [body] varbinary(max) NOT NULL,
    CONSTRAINT [PK_version] PRIMARY KEY ([compartment_key], [slot], [version])
);
GO


CREATE UNIQUE INDEX [IX_commit_log_log_intent] ON [commit_log] ([log], [intent]);
GO


CREATE UNIQUE INDEX [IX_commit_log_request] ON [commit_log] ([request]) WHERE request IS NOT NULL;
GO


CREATE UNIQUE INDEX [IX_compartment_handle] ON [compartment] ([handle]);
GO


CREATE UNIQUE INDEX [IX_compartment_number] ON [compartment] ([number]);
GO


CREATE INDEX [IX_content_content] ON [content] ([content]);
GO


CREATE UNIQUE INDEX [IX_log_origin] ON [log] ([origin]);
GO


CREATE UNIQUE INDEX [IX_party_handle] ON [party] ([handle]);
GO


CREATE INDEX [IX_patient_case_handle] ON [patient_case] ([handle]);
GO


CREATE INDEX [IX_version_time] ON [version] ([time]);
GO


