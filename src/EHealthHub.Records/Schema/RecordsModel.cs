using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace EHealthHub.Records.Schema;

/// <summary>
/// The tables of the record store, one model for three engines. Whole numbers, binary and nothing else: no text has a collation, no time a seventh digit, no key is made by the database.
/// Every table that holds patient data is led by the compartment's key, which is the unit of locality, of erasure, and of distribution. What the columns mean is in README.md.
/// </summary>
internal static class RecordsModel
{
    /// <summary>Annotation: on SQLite the primary key is the table, there is no second tree.</summary>
    public const string WithoutRowId = "EHealthHub:WithoutRowId";

    private const int TokenBytes = 16;
    private const int HashBytes = 32;

    /// <summary>The tables of <c>records.db</c>.</summary>
    public static void Records(ModelBuilder model)
    {
        Table(model, "compartment", t =>
        {
            t.Long("compartment_key");
            t.Long("number");
            t.Fixed("handle", TokenBytes);
            t.Int("kind");
            t.Variable("name", 512);
            t.Int("next_slot");
            t.Long("counter");
            t.Fixed("contents", HashBytes);
            t.Fixed("mac", HashBytes);
            t.Key("compartment_key");
            t.Unique("handle");
            t.Unique("number");
        });

        Table(model, "version", t =>
        {
            t.Long("compartment_key");
            t.Int("slot");
            t.Int("version");
            t.Int("flags");
            t.Long("time");
            t.Int("submitter");
            t.Int("epoch");
            t.Variable("previous", HashBytes, required: false);
            t.Fixed("hash", HashBytes);
            t.Variable("facts", null);
            t.Variable("body", null);
            t.Key("compartment_key", "slot", "version");
            t.Ordered("time");
        });

        Table(model, "token", t =>
        {
            t.Long("compartment_key");
            t.Int("token");
            t.Int("chunk");
            t.Variable("slots", 1_024);
            t.Key("compartment_key", "token", "chunk");
            t.OnlyKey();
        });

        Table(model, "token_link", t =>
        {
            t.Long("compartment_key");
            t.Int("token");
            t.Long("home_key");
            t.Int("slot");
            t.Key("compartment_key", "token", "home_key", "slot");
            t.OnlyKey();
        });

        Table(model, "national_token", t =>
        {
            t.Fixed("token", TokenBytes);
            t.Long("compartment_key");
            t.Int("slot");
            t.Key("token", "compartment_key", "slot");
            t.OnlyKey();
        });

        Table(model, "content", t =>
        {
            t.Long("compartment_key");
            t.Int("slot");
            t.Int("version");
            t.Fixed("content", TokenBytes);
            t.Key("compartment_key", "slot", "version");
            t.Ordered("content");
            t.OnlyKey();
        });

        Table(model, "party", t =>
        {
            t.Int("ref");
            t.Fixed("handle", TokenBytes);
            t.Variable("name", 512);
            t.Key("ref");
            t.Unique("handle");
        });

        Table(model, "log", t =>
        {
            t.Int("ref");
            t.Variable("origin", 256);
            t.Key("ref");
            t.Unique("origin");
        });

        Table(model, "commit_log", t =>
        {
            t.Long("sequence");
            t.Int("log");
            t.Long("intent");
            t.Variable("hashes", null);
            t.Variable("request", TokenBytes, required: false);
            t.Variable("result", null, required: false);
            t.Fixed("mac", HashBytes);
            t.Key("sequence");
            t.Unique("log", "intent");
            t.UniqueWhereKnown("request");
        });

        Table(model, "search_generation", t =>
        {
            t.Int("number");
            t.Int("state");
            t.Long("compartment");
            t.Int("slot");
            t.Long("resources");
            t.Variable("parameters", null);
            t.Fixed("mac", HashBytes);
            t.Key("number");
        });

        Table(model, "patient_case", t =>
        {
            t.Long("number");
            t.Int("kind");
            t.Int("state");
            t.Fixed("handle", TokenBytes);
            t.Long("compartment");
            t.Long("compartment_key");
            t.Variable("hashes", null);
            t.Variable("details", null);
            t.Fixed("mac", HashBytes);
            t.Key("number");
            t.Ordered("handle");
        });
    }

    /// <summary>
    /// The tables of <c>keys.db</c>: apart, with its own short-lived backups, or erasing a key would be fiction. What was erased is remembered beside the keys, so that records put back from an older backup are erased again.
    /// </summary>
    public static void Keys(ModelBuilder model)
    {
        Table(model, "wrapped_key", t =>
        {
            t.Fixed("handle", TokenBytes);
            t.Int("epoch");
            t.Int("kek");
            t.Variable("wrapped", 256);
            t.Key("handle", "epoch");
            t.OnlyKey();
        });

        Table(model, "erased_key", t =>
        {
            t.Fixed("handle", TokenBytes);
            t.Fixed("first", HashBytes);
            t.Fixed("mac", HashBytes);
            t.Key("handle", "first");
            t.OnlyKey();
        });
    }

    /// <summary>
    /// The tables of <c>contents.db</c>: long content in sealed chunks, apart, so that gigabytes pass neither through the cache nor through the write-ahead log of what is searched. An upload's row is there until a version of the records
    /// names the content, or until it is swept.
    /// </summary>
    public static void Contents(ModelBuilder model)
    {
        Table(model, "chunk", t =>
        {
            t.Fixed("compartment", TokenBytes);
            t.Fixed("content", TokenBytes);
            t.Int("number");
            t.Variable("sealed", null);
            t.Key("compartment", "content", "number");
        });

        Table(model, "upload", t =>
        {
            t.Fixed("content", TokenBytes);
            t.Fixed("compartment", TokenBytes);
            t.Key("content");
            t.OnlyKey();
        });
    }

    private static void Table(ModelBuilder model, string name, Action<Columns> columns) =>
        model.SharedTypeEntity<Dictionary<string, object>>(name, t =>
        {
            t.ToTable(name);
            columns(new Columns(t));
        });

    /// <summary>Columns in the order in which they are written: on SQLite what is read often stands before what may spill to other pages.</summary>
    private sealed class Columns(EntityTypeBuilder<Dictionary<string, object>> table)
    {
        private int _order;

        public void Int(string name) => table.Property<int>(name).ValueGeneratedNever().HasColumnOrder(_order++);

        public void Long(string name) => table.Property<long>(name).ValueGeneratedNever().HasColumnOrder(_order++);

        public void Fixed(string name, int bytes) => table.Property<byte[]>(name).HasMaxLength(bytes).IsFixedLength().IsRequired().HasColumnOrder(_order++);

        public void Variable(string name, int? bytesMax, bool required = true)
        {
            var column = table.Property<byte[]>(name).IsRequired(required).HasColumnOrder(_order++);
            if (bytesMax is { } max)
            {
                column.HasMaxLength(max);
            }
        }

        public void Key(params string[] names) => table.HasKey(names);

        public void Unique(params string[] names) => table.HasIndex(names).IsUnique();

        /// <summary>An index that only orders: the history of the whole store is walked along it.</summary>
        public void Ordered(params string[] names) => table.HasIndex(names);

        public void UniqueWhereKnown(string name) => table.HasIndex(name).IsUnique().HasFilter($"{name} IS NOT NULL");

        public void OnlyKey() => table.HasAnnotation(WithoutRowId, true);
    }
}
