using EHealthHub.Records.Schema;
using Microsoft.EntityFrameworkCore;

namespace EHealthHub.Records.PostgreSql;

/// <summary>The tables on PostgreSQL.</summary>
internal static class PostgreSqlSchema
{
    private const string Nowhere = "Host=localhost;Database=ehealthhub";

    public static string GenerateRecords() => SchemaScript.Of<RecordsContext>(o => o.UseNpgsql(Nowhere), o => new RecordsContext(o));

    public static string GenerateKeys() => SchemaScript.Of<KeysContext>(o => o.UseNpgsql(Nowhere), o => new KeysContext(o));

    public static string GenerateContents() => SchemaScript.Of<ContentsContext>(o => o.UseNpgsql(Nowhere), o => new ContentsContext(o));
}
