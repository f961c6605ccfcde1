using System.Security.Cryptography;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Deferred;

/// <summary>One deferred request: whose it is, and how far it has come. Its owner guards the changing parts.</summary>
internal sealed class DeferredJob(string name, ActContext context, string interaction, string type, string id, int bodyBytes, DateTimeOffset accepted, CancellationTokenSource stop)
{
    private bool _closed;

    public string Name { get; } = name;

    /// <summary>Nobody but who asked, for the same purpose and with the same rights, may know of it.</summary>
    public byte[] Owner { get; } = OwnerOf(context.Caller);

    public string RequestId { get; } = context.RequestId;

    public string Interaction { get; } = interaction;

    public string Type { get; } = type;

    public string Id { get; } = id;

    /// <summary>Bytes of its body while it waits and runs, then of its sealed result.</summary>
    public long Bytes { get; set; } = bodyBytes;

    public DateTimeOffset Accepted { get; } = accepted;

    public CancellationTokenSource Stop { get; } = stop;

    /// <summary>Stops it, where it is not over.</summary>
    public void Cancel()
    {
        lock (Stop)
        {
            if (!_closed)
            {
                Stop.CancelAfter(TimeSpan.Zero); // on another thread, not under this lock
            }
        }
    }

    /// <summary>It is over: nothing is left to stop.</summary>
    public void Close()
    {
        lock (Stop)
        {
            _closed = true;
            Stop.Dispose();
        }
    }

    /// <summary>When it began to run; null while it waits.</summary>
    public DateTimeOffset? Began { get; set; }

    /// <summary>When it was over; null before.</summary>
    public DateTimeOffset? Ended { get; set; }

    /// <summary>The batch-response, sealed.</summary>
    public byte[] Sealed { get; set; } = [];

    /// <summary>The last entry of the request itself, for the entry of the pick-up; null where the log could not be written.</summary>
    public LogPosition? Receipt { get; set; }

    public static byte[] OwnerOf(Caller caller)
    {
        var text = new StringBuilder();
        foreach (var part in (IEnumerable<string>)[caller.Institution ?? "", caller.Person ?? "", caller.PersonKind.ToString(), caller.NationalId ?? "", caller.Role ?? "", caller.Purpose, .. caller.Scopes.Order(StringComparer.Ordinal)])
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
