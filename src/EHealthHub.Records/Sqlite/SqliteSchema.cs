using EHealthHub.Records.Schema;
using Microsoft.EntityFrameworkCore;

namespace EHealthHub.Records.Sqlite;

/// <summary>The embedded default's tables.</summary>
internal static class SqliteSchema
{
    /// <summary>Written to <c>PRAGMA user_version</c>; a database of another version is refused by name, never guessed at. It rises with the tables, and with what facts and tokens are made of.</summary>
    public const int Version = 7;

    /// <summary>Written to <c>PRAGMA application_id</c> of <c>records.db</c>: "EHHr".</summary>
    public const int RecordsApplication = 0x45484872;

    /// <summary>Written to <c>PRAGMA application_id</c> of <c>keys.db</c>: "EHHk".</summary>
    public const int KeysApplication = 0x4548486b;

    /// <summary>Written to <c>PRAGMA application_id</c> of <c>contents.db</c>: "EHHc".</summary>
    public const int ContentsApplication = 0x45484863;

    public static string GenerateRecords() => SchemaScript.Of<RecordsContext>(o => o.UseSqlite("Data Source=:memory:"), o => new RecordsContext(o));

    public static string GenerateKeys() => SchemaScript.Of<KeysContext>(o => o.UseSqlite("Data Source=:memory:"), o => new KeysContext(o));

    public static string GenerateContents() => SchemaScript.Of<ContentsContext>(o => o.UseSqlite("Data Source=:memory:"), o => new ContentsContext(o));

    /// <summary>A script as it was shipped with this build (infra/database/sqlite). No model is built at start: that alone costs some hundred milliseconds.</summary>
    public static string Shipped(string name)
    {
        using var stream = typeof(SqliteSchema).Assembly.GetManifestResourceStream($"EHealthHub.Records.Sqlite.{name}.sql")
            ?? throw new InvalidOperationException($"The script {name}.sql is not part of this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
