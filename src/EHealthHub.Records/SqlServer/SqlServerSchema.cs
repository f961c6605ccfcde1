using EHealthHub.Records.Schema;
using Microsoft.EntityFrameworkCore;

namespace EHealthHub.Records.SqlServer;

/// <summary>The tables on SQL Server, in portable T-SQL: keys made by the hub, binary keys, times as whole numbers.</summary>
internal static class SqlServerSchema
{
    private const string Nowhere = "Server=.;Database=ehealthhub";

    public static string GenerateRecords() => SchemaScript.Of<RecordsContext>(o => o.UseSqlServer(Nowhere), o => new RecordsContext(o));

    public static string GenerateKeys() => SchemaScript.Of<KeysContext>(o => o.UseSqlServer(Nowhere), o => new KeysContext(o));

    public static string GenerateContents() => SchemaScript.Of<ContentsContext>(o => o.UseSqlServer(Nowhere), o => new ContentsContext(o));
}
