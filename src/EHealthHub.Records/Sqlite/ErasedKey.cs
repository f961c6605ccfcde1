namespace EHealthHub.Records.Sqlite;

/// <summary>The mark of a compartment whose keys were destroyed. It lies beside the keys: records may be put back from a backup that knows nothing of the erasure.</summary>
/// <param name="Handle">Handle of the compartment. When the patient comes back, another compartment bears it.</param>
/// <param name="First">Hash of its first version, which tells it from such another one.</param>
/// <param name="Mac">MAC over both, so that nobody without the hub's key can have a record erased.</param>
internal sealed record ErasedKey(UInt128 Handle, byte[] First, byte[] Mac)
{
    /// <summary>Asks for all.</summary>
    public const string Select = "SELECT handle, first, mac FROM erased_key";

    /// <summary>Asks for key and first hash of the compartment with a handle.</summary>
    public const string SelectFirst = "SELECT c.compartment_key, v.hash FROM compartment c JOIN version v ON v.compartment_key=c.compartment_key WHERE c.handle=?1 ORDER BY v.slot, v.version LIMIT 1";

    /// <summary>Reads what <see cref="Select"/> gives.</summary>
    public static List<ErasedKey> Read(SqliteStatement rows)
    {
        var all = new List<ErasedKey>();
        while (rows.Step())
        {
            all.Add(new ErasedKey(rows.Sixteen(0), rows.Blob(1).ToArray(), rows.Blob(2).ToArray()));
        }

        return all;
    }

    /// <summary>The key of the compartment that this marks, if the records have it; by <see cref="SelectFirst"/>.</summary>
    public long? Find(SqliteStatement first)
    {
        try
        {
            return first.Bind(1, Handle).Step() && first.Blob(1).SequenceEqual(First) ? first.Long(0) : null;
        }
        finally
        {
            first.Reset();
        }
    }
}
