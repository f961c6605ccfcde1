using Microsoft.EntityFrameworkCore;

namespace EHealthHub.Records.Schema;

/// <summary>The model of <c>records.db</c> for schema and administration; the hot path speaks SQL.</summary>
internal sealed class RecordsContext(DbContextOptions<RecordsContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => RecordsModel.Records(modelBuilder);
}

/// <summary>The model of <c>keys.db</c>.</summary>
internal sealed class KeysContext(DbContextOptions<KeysContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => RecordsModel.Keys(modelBuilder);
}

/// <summary>The model of <c>contents.db</c>.</summary>
internal sealed class ContentsContext(DbContextOptions<ContentsContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => RecordsModel.Contents(modelBuilder);
}
