using System.Runtime.CompilerServices;
using EHealthHub.Records.PostgreSql;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.SqlServer;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace EHealthHub.Records.Tests.Schema;

/// <summary>The scripts that administrators run are the model, word for word. To renew them after a change of the model: EHEALTHHUB_WRITE_SCHEMA=1 ./test.</summary>
public sealed class SchemaScriptTests
{
    [Theory]
    [InlineData("sqlite/records.sql")]
    [InlineData("sqlite/keys.sql")]
    [InlineData("sqlite/contents.sql")]
    [InlineData("sqlserver/schema.sql")]
    [InlineData("sqlserver/keys.sql")]
    [InlineData("sqlserver/contents.sql")]
    [InlineData("postgresql/schema.sql")]
    [InlineData("postgresql/keys.sql")]
    [InlineData("postgresql/contents.sql")]
    public void The_kept_script_is_what_the_model_says(string file)
    {
        var path = Path.Combine(InfraFolder(), file);
        var generated = Generate(file);
        if (Environment.GetEnvironmentVariable("EHEALTHHUB_WRITE_SCHEMA") == "1")
        {
            File.WriteAllText(path, generated);
        }

        Assert.Equal(generated, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("records")]
    [InlineData("keys")]
    [InlineData("contents")]
    public void The_build_carries_the_kept_SQLite_script(string name) =>
        Assert.Equal(File.ReadAllText(Path.Combine(InfraFolder(), "sqlite", name + ".sql")), SqliteSchema.Shipped(name));

    [Theory]
    [InlineData("sqlserver/schema.sql")]
    [InlineData("sqlserver/keys.sql")]
    [InlineData("sqlserver/contents.sql")]
    public void The_SQL_Server_script_parses_and_keeps_to_the_portable_part_of_the_language(string file)
    {
        var fragment = new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(Generate(file)), out var errors);
        Assert.Empty(errors);
        var visitor = new Portability();
        fragment.Accept(visitor);
        Assert.Empty(visitor.Faults);
        Assert.True(visitor.Tables > 0);
    }

    [Fact]
    public void The_portability_check_notices_what_it_is_there_for()
    {
        const string script = """
            CREATE TABLE a (id int IDENTITY, t datetime2, n nvarchar(10), v rowversion);
            MERGE a USING b ON a.id = b.id WHEN MATCHED THEN DELETE;
            ALTER TABLE a ALTER COLUMN n nvarchar(10) NOT NULL;
            ALTER DATABASE x SET READ_COMMITTED_SNAPSHOT ON;
            WAITFOR DELAY '00:00:01';
            ALTER TABLE a SWITCH TO b;
            """;
        var visitor = new Portability();
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(script), out var errors).Accept(visitor);
        Assert.Empty(errors);
        Assert.Equal(9, visitor.Faults.Count);
    }

    private static string Generate(string file) => file switch
    {
        "sqlite/records.sql" => SqliteSchema.GenerateRecords(),
        "sqlite/keys.sql" => SqliteSchema.GenerateKeys(),
        "sqlite/contents.sql" => SqliteSchema.GenerateContents(),
        "sqlserver/schema.sql" => SqlServerSchema.GenerateRecords(),
        "sqlserver/keys.sql" => SqlServerSchema.GenerateKeys(),
        "sqlserver/contents.sql" => SqlServerSchema.GenerateContents(),
        "postgresql/schema.sql" => PostgreSqlSchema.GenerateRecords(),
        "postgresql/keys.sql" => PostgreSqlSchema.GenerateKeys(),
        _ => PostgreSqlSchema.GenerateContents(),
    };

    private static string InfraFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "infra", "database"));

    /// <summary>What every server that speaks T-SQL understands; the rest is named.</summary>
    private sealed class Portability : TSqlFragmentVisitor
    {
        private static readonly HashSet<SqlDataTypeOption> Types = [SqlDataTypeOption.Int, SqlDataTypeOption.BigInt, SqlDataTypeOption.Binary, SqlDataTypeOption.VarBinary];

        public List<string> Faults { get; } = [];

        public int Tables { get; private set; }

        public override void Visit(CreateTableStatement node) => Tables++;

        public override void Visit(IdentityOptions node) => Faults.Add("IDENTITY");

        public override void Visit(MergeStatement node) => Faults.Add("MERGE");

        public override void Visit(AlterTableAlterColumnStatement node) => Faults.Add("ALTER COLUMN");

        public override void Visit(AlterDatabaseStatement node) => Faults.Add("ALTER DATABASE");

        public override void Visit(WaitForStatement node) => Faults.Add("WAITFOR");

        public override void Visit(AlterTableSwitchStatement node) => Faults.Add("SWITCH");

        public override void Visit(ColumnDefinition node)
        {
            if (node.DataType is not SqlDataTypeReference type || !Types.Contains(type.SqlDataTypeOption))
            {
                Faults.Add($"the type of {node.ColumnIdentifier.Value}");
            }
        }
    }
}
