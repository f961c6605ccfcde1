using System.Runtime.InteropServices;
using EHealthHub.Records.Index;

namespace EHealthHub.Records.Sqlite;

/// <summary>Changes of token lists, gathered and written chunk by chunk.</summary>
internal sealed class IndexChanges(SqliteRows rows)
{
    private readonly Dictionary<(long Key, int Token, int Chunk), List<(int Slot, bool Add)>> _chunks = [];

    public void Note(long key, int token, int slot, bool add)
    {
        ref var changes = ref CollectionsMarshal.GetValueRefOrAddDefault(_chunks, (key, token, Postings.ChunkOf(slot)), out _);
        (changes ??= []).Add((slot, add));
    }

    public void WriteChunks()
    {
        Span<ulong> bitmap = stackalloc ulong[Postings.Words];
        foreach (var ((key, token, chunk), changes) in _chunks.OrderBy(c => c.Key))
        {
            rows.ReadChunk(key, token, chunk, bitmap);
            foreach (var (slot, add) in changes)
            {
                if (add)
                {
                    Postings.Set(bitmap, slot);
                }
                else
                {
                    Postings.Clear(bitmap, slot);
                }
            }

            rows.WriteChunk(key, token, chunk, bitmap);
        }
    }
}
