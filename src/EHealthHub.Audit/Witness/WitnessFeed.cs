using System.Collections.Immutable;
using System.Net;
using System.Text;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Witness;

/// <summary>A witness that a log asks.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Submission">Its submission prefix; <c>add-checkpoint</c> is below it.</param>
public sealed record WitnessAddress(CosignerKey Key, Uri Submission);

/// <summary>How it stands with one witness.</summary>
/// <param name="Name">The witness.</param>
/// <param name="Size">Entries under the last checkpoint that it cosigned for us; 0 when there is none.</param>
/// <param name="Time">When it says that was; null when there is none.</param>
/// <param name="Problem">Why the last try failed; null when it did not.</param>
/// <param name="IsAccused">Whether it has seen another history of the log, or a longer one: somebody must look at once.</param>
public sealed record WitnessState(string Name, long Size, DateTimeOffset? Time, string? Problem, bool IsAccused);

/// <summary>
/// Takes a log's checkpoints to its witnesses and keeps the last one with their cosignatures in the log's folder (<c>witnessed</c>). Runs beside the log and holds nobody up. One caller at a time; the process that writes the log runs it.
/// </summary>
public sealed class WitnessFeed
{
    /// <summary>Most witnesses.</summary>
    public const int WitnessesMax = 32;

    private const int TriesMax = 3;
    private const int AnswerMax = 16 * 1024;
    private const string NewName = $"{LogFolder.New}/{LogFolder.Witnessed}";

    private readonly DiskFiles _files;
    private readonly LogReader _log;
    private readonly HttpClient _http;
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);
    private ImmutableArray<WitnessState> _states = [];

    /// <summary>For the log in a folder. The client's timeout bounds each request.</summary>
    public WitnessFeed(string logFolder, HttpClient http) => (_files, _log, _http) = (new DiskFiles(logFolder), LogReader.Open(logFolder), http);

    /// <summary>How it stands with the witnesses as of the last round.</summary>
    public ImmutableArray<WitnessState> States => _states;

    /// <summary>When a witness last cosigned; null when none has.</summary>
    public DateTimeOffset? Witnessed => _states.Max(state => state.Time);

    /// <summary>Asks every witness to cosign the checkpoint that there is now. What goes wrong stands in the states.</summary>
    public async Task Round(IReadOnlyList<WitnessAddress> witnesses, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(witnesses.Count, WitnessesMax);
        _log.Refresh();
        var text = _log.Checkpoint;
        var checkpoint = Checkpoint.Parse(text)!;
        var answers = await Task.WhenAll(witnesses.Select(witness => Ask(witness, checkpoint, text, cancellationToken))).ConfigureAwait(false);
        _states = [.. answers.Select(answer => answer.State)];
        var lines = string.Concat(answers.Select(answer => answer.Line));
        if (lines.Length > 0)
        {
            Keep(text + lines);
        }
    }

    private async Task<(WitnessState State, string? Line)> Ask(WitnessAddress witness, Checkpoint checkpoint, string text, CancellationToken cancellationToken)
    {
        var before = _states.FirstOrDefault(state => state.Name == witness.Key.Name) ?? new WitnessState(witness.Key.Name, 0, null, null, false);
        try
        {
            for (var attempt = 0; attempt < TriesMax; attempt++)
            {
                var old = SeenBy(witness);
                if (old > checkpoint.Size)
                {
                    return (before with { Problem = $"It has seen {old} entries, and the log has {checkpoint.Size}: the log was rolled back.", IsAccused = true }, null);
                }

                var (status, body) = await Post(witness, WitnessRequest.Format(old, _log.Consistency(old, checkpoint.Size), text), cancellationToken).ConfigureAwait(false);
                switch (status)
                {
                    case HttpStatusCode.OK when LineOf(witness.Key, text, body) is var (line, time):
                        Saw(witness, checkpoint.Size);
                        return (new WitnessState(witness.Key.Name, checkpoint.Size, time, null, false), line);
                    case HttpStatusCode.OK:
                        return (before with { Problem = "It answers without a cosignature of its key." }, null);
                    case HttpStatusCode.Conflict when StrictText.TryDecimal(body.AsSpan().TrimEnd('\n'), out var size) && size != old:
                        Saw(witness, size);
                        continue;
                    case HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity:
                        return (before with { Problem = $"It has seen another history of the log's first {old} entries.", IsAccused = true }, null);
                    default:
                        return (before with { Problem = $"It answers {(int)status}." }, null);
                }
            }

            return (before with { Problem = "Somebody else submits the log's checkpoints." }, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (before with { Problem = $"It cannot be asked: {exception.Message}" }, null);
        }
    }

    private async Task<(HttpStatusCode Status, string Body)> Post(WitnessAddress witness, string request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(witness.Submission, "add-checkpoint")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request)) };
        using var answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[AnswerMax];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return (answer.StatusCode, length < buffer.Length ? StrictText.FromUtf8(buffer.AsSpan(0, length)) ?? "" : "");
    }

    /// <summary>The line of the answer that is this witness's cosignature of the checkpoint, and its time. Others are passed over.</summary>
    private static (string Line, DateTimeOffset Time)? LineOf(CosignerKey key, string text, string body)
    {
        foreach (var line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Checkpoint.Parse($"{text}{line}\n") is { } cosigned && key.TimeOf(cosigned) is { } time)
            {
                return ($"{line}\n", time);
            }
        }

        return null;
    }

    private long SeenBy(WitnessAddress witness)
    {
        lock (_seen)
        {
            return _seen.GetValueOrDefault(witness.Key.Name);
        }
    }

    private void Saw(WitnessAddress witness, long size)
    {
        lock (_seen)
        {
            _seen[witness.Key.Name] = size;
        }
    }

    /// <summary>A crash leaves the one before, or this one.</summary>
    private void Keep(string cosigned)
    {
        _files.MakeFolder(LogFolder.New);
        using (var file = _files.Create(NewName))
        {
            file.Write(Encoding.UTF8.GetBytes(cosigned), 0);
            file.Flush();
        }

        _files.Rename(NewName, LogFolder.Witnessed);
        _files.SyncFolder("");
    }
}
