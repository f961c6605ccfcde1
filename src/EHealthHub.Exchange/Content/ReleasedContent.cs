using System.Buffers;
using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Content;

/// <summary>The content of a Binary that was read under its entry: leaves chunk by chunk, each verified before. A chunk that is not what the hub wrote ends it, and has an entry of its own.</summary>
public sealed class ReleasedContent
{
    private readonly ContentStore _contents;
    private readonly StoredContent _content;
    private readonly Func<AuditEntry> _broken;
    private readonly Journal _journal;

    internal ReleasedContent(ContentStore contents, StoredContent content, Func<AuditEntry> broken, Journal journal)
    {
        _contents = contents;
        _content = content;
        _broken = broken;
        _journal = journal;
    }

    /// <summary>Bytes of content in one piece at most; divisible by three.</summary>
    public static int PieceBytes => ContentReader.ChunkBytes;

    /// <summary>Bytes.</summary>
    public long Length => _content.Length;

    /// <summary>
    /// Writes <paramref name="count"/> bytes from <paramref name="offset"/> on; pieces end where chunks do. Throws <see cref="RecordsTamperedException"/>, after it is logged: what was written before is then no more than a beginning, and must
    /// not look finished.
    /// </summary>
    public async ValueTask WriteTo(ContentSink sink, long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - offset);
        using var reader = _contents.Open(_content);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (var number = (int)(offset / PieceBytes); count > 0; number++)
            {
                var length = await reader.Read(number, buffer.AsMemory(0, PieceBytes), cancellationToken).ConfigureAwait(false);
                var from = (int)(offset - ((long)number * PieceBytes));
                var taken = (int)Math.Min(count, length - from);
                await sink(buffer.AsMemory(from, taken), cancellationToken).ConfigureAwait(false);
                offset += taken;
                count -= taken;
            }
        }
        catch (RecordsTamperedException)
        {
            await _journal.Record(_broken(), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
