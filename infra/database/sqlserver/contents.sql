CREATE TABLE [chunk] (
    [compartment] binary(16) NOT NULL,
    [content] binary(16) NOT NULL,
    [number] int NOT NULL,
    [sealed] varbinary(max) NOT NULL,
    CONSTRAINT [PK_chunk] PRIMARY KEY ([compartment], [content], [number])
);
GO


CREATE TABLE [upload] (
    [content] binary(16) NOT NULL,
    [compartment] binary(16) NOT NULL,
    CONSTRAINT [PK_upload] PRIMARY KEY ([content])
);
GO


