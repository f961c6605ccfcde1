CREATE TABLE [erased_key] (
    [handle] binary(16) NOT NULL,
    [first] binary(32) NOT NULL,
    [mac] binary(32) NOT NULL,
    CONSTRAINT [PK_erased_key] PRIMARY KEY ([handle], [first])
);
GO


CREATE TABLE [wrapped_key] (
    [handle] binary(16) NOT NULL,
    [epoch] int NOT NULL,
    [kek] int NOT NULL,
    [wrapped] varbinary(256) NOT NULL,
    CONSTRAINT [PK_wrapped_key] PRIMARY KEY ([handle], [epoch])
);
GO


