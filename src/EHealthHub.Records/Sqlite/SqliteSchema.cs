using EHealthHub.Records.Schema;
using Microsoft.EntityFrameworkCore;

namespace EHealthHub.Records.Sqlite;

/// <summary>The embedded default's tables.</summary>
internal static class SqliteSchema
{
    /// <summary>Written to <c>PRAGMA user_version</c>; a database of another version is refused or migrated, never guessed at.</summary>
    public const int Version = 4;

    /// <summary>The oldest version that is brought to the present one when it is opened.</summary>
    public const int OldestUpgraded = 2;

    // The version that brought the generations of search parameters; the present one brought content beside versions.
    private const int Generations = 3;

    /// <summary>Written to <c>PRAGMA application_id</c> of <c>records.db</c>: "EHHr".</summary>
    public const int RecordsApplication = 0x45484872;

    /// <summary>Written to <c>PRAGMA application_id</c> of <c>keys.db</c>: "EHHk".</summary>
    public const int KeysApplication = 0x4548486b;

    /// <summary>Written to <c>PRAGMA application_id</c> of <c>contents.db</c>: "EHHc".</summary>
    public const int ContentsApplication = 0x45484863;

    public static string GenerateRecords() => SchemaScript.Of<RecordsContext>(o => o.UseSqlite("Data Source=:memory:"), o => new RecordsContext(o));

    public static string GenerateKeys() => SchemaScript.Of<KeysContext>(o => o.UseSqlite("Data Source=:memory:"), o => new KeysContext(o));

    public static string GenerateContents() => SchemaScript.Of<ContentsContext>(o => o.UseSqlite("Data Source=:memory:"), o => new ContentsContext(o));

    /// <summary>What a script makes that an older version of the database lacks; empty for a script that has had nothing added.</summary>
    public static string AddedSince(string script, long version) =>
        (version < Generations ? Statements(script, "search_generation") : "") + (version < Version ? Statements(script, "content") : "");

    private static string Statements(string script, string table) =>
        string.Join('\n', script.ReplaceLineEndings("\n").Split("\n\n").Where(s => s.Contains($"TABLE \"{table}\"", StringComparison.Ordinal) || s.Contains($"ON \"{table}\"", StringComparison.Ordinal)));

    /// <summary>A script as it was shipped with this build (infra/database/sqlite). No model is built at start: that alone costs some hundred milliseconds.</summary>
    public static string Shipped(string name)
    {
        using var stream = typeof(SqliteSchema).Assembly.GetManifestResourceStream($"EHealthHub.Records.Sqlite.{name}.sql")
            ?? throw new InvalidOperationException($"The script {name}.sql is not part of this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
