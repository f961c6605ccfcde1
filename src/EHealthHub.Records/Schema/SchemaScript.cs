using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace EHealthHub.Records.Schema;

/// <summary>
/// Writes the SQL that makes the tables, from the model. The results are kept in <c>infra/database</c> for people to read and for administrators to run, and the tests compare them with the model.
/// The SQLite scripts are the very ones that the hub applies at its first start.
/// </summary>
internal static class SchemaScript
{
    public static string Of<TContext>(Action<DbContextOptionsBuilder<TContext>> provider, Func<DbContextOptions<TContext>, TContext> create)
        where TContext : DbContext
    {
        var options = new DbContextOptionsBuilder<TContext>();
        provider(options);
        using var context = create(options.Options);
        var script = context.Database.GenerateCreateScript().ReplaceLineEndings("\n");
        return context.Database.ProviderName == "Microsoft.EntityFrameworkCore.Sqlite" ? WithoutRowIds(script, context.GetService<IDesignTimeModel>().Model) : script;
    }

    private static string WithoutRowIds(string script, IModel model)
    {
        var names = model.GetEntityTypes().Where(t => t.FindAnnotation(RecordsModel.WithoutRowId) is not null).Select(t => t.GetTableName()!).ToHashSet(StringComparer.Ordinal);
        var result = new StringBuilder(script.Length + 128);
        foreach (var statement in script.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var text = statement.Trim('\n');
            if (text.Length == 0)
            {
                continue;
            }

            var table = names.FirstOrDefault(n => text.StartsWith($"CREATE TABLE \"{n}\" (", StringComparison.Ordinal));
            result.Append(table is null ? text : text[..^2] + ") WITHOUT ROWID;").Append("\n\n");
        }

        return result.ToString();
    }
}
