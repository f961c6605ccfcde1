CREATE TABLE [wrapped_key] (
    [handle] binary(16) NOT NULL,
    [epoch] int NOT NULL,
    [kek] int NOT NULL,
    [wrapped] varbinary(256) NOT NULL,
    CONSTRAINT [PK_wrapped_key] PRIMARY KEY ([handle], [epoch])
);
GO


