using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Submit;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Writing;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Emergencies;

/// <summary>
/// Broken glasses: the alert when one breaks, and the follow-up by an operator, who lists what waits (<c>$emergency-access</c>) and closes each with a judgement (<c>$emergency-review</c>). What the judgement says stands in the report of every
/// patient whose record was asked for.
/// </summary>
public sealed class EmergencyReviews
{
    /// <summary>Operation that lists.</summary>
    public const string Listing = "$emergency-access";

    /// <summary>Operation that closes.</summary>
    public const string Review = EmergencyLedger.Review;

    private const int CommentMax = 300;
    private const int ListedMax = 1_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Journal _journal;
    private readonly EmergencyLedger _ledger;
    private readonly Turns _turns = new();

    internal EmergencyReviews(Journal journal, EmergencyLedger ledger)
    {
        _journal = journal;
        _ledger = ledger;
    }

    /// <summary>The alert: in the log before the token leaves. The caller is the clinician with the token's own emergency.</summary>
    public ValueTask<LogPosition> Alert(ActContext context, string token, CancellationToken cancellationToken) =>
        _journal.Record(_journal.Entry(context, EntryKind.Alert, EmergencyLedger.Alert, "", "", EmergencyLedger.Alert, []) with { TokenId = token }, cancellationToken);

    /// <summary>What waits for a review; with <c>status=all</c> also what was judged. Names clinicians, reasons and how many records; no patient, for an operator has no access to records.</summary>
    public async ValueTask<ActResult> List(ActContext context, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        if (await NotOperator(context, Listing, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        if (parameters.Any(p => p.Key != "status" || p.Value is not ("open" or "all")))
        {
            return await Bad(context, Listing, "It takes status: open or all.", "status", cancellationToken).ConfigureAwait(false);
        }

        var isAll = parameters.Any(p => p.Value == "all");
        var cases = _ledger.Read(c => new Shown(c.Id, c.Clinician, c.Institution, c.Purpose, c.Reason, c.Time, c.Patients.Count, c.Entries, c.Judgement), cancellationToken);
        var position = await _journal.Record(_journal.Entry(context, EntryKind.AuditRead, Listing, "", "", "operator", []), cancellationToken).ConfigureAwait(false);
        return new ActResult { Status = 200, Receipt = position, Body = Write(cases, isAll) };
    }

    /// <summary>Closes a case: <c>case</c>, <c>judgement</c> (justified or unjustified) and <c>comment</c>. Once.</summary>
    public async ValueTask<ActResult> Close(ActContext context, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        if (await NotOperator(context, Review, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        string? Given(string name) => parameters.Where(p => p.Key == name).Select(p => p.Value).SingleOrDefault();
        if (parameters.Select(p => p.Key).Distinct(StringComparer.Ordinal).Count() != parameters.Count || parameters.Any(p => p.Key is not ("case" or "judgement" or "comment")))
        {
            return await Bad(context, Review, "It takes case, judgement and comment, each once.", "parameter", cancellationToken).ConfigureAwait(false);
        }

        if (Given("judgement") is not { } judgement || judgement is not ("justified" or "unjustified"))
        {
            return await Bad(context, Review, "A judgement is justified or unjustified.", "judgement", cancellationToken).ConfigureAwait(false);
        }

        if (Given("comment")?.Trim() is not { Length: > 0 and <= CommentMax } comment || comment.Any(char.IsControl))
        {
            return await Bad(context, Review, $"A judgement needs a comment of at most {CommentMax} characters.", "comment", cancellationToken).ConfigureAwait(false);
        }

        // Two operators who judge the same case: one of them is told that it is closed.
        if (!await _turns.Wait(cancellationToken).ConfigureAwait(false))
        {
            return await _journal.Refuse(context, Review, "", "", "busy", [], Refusals.Busy("Parameters"), cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var id = Given("case") ?? "";
            var found = _ledger.Read(c => c.Id == id ? new Found(c.Judgement, [.. c.Patients.Order(StringComparer.Ordinal)]) : null, cancellationToken);
            if (found is not [var one])
            {
                return await _journal.Refuse(context, Review, "", "", "emergency-unknown", [], Failure.Of(404, "not-found", "emergency-unknown", "There is no such emergency access.", "case"), cancellationToken).ConfigureAwait(false);
            }

            if (one.Judgement is not null)
            {
                return await _journal.Refuse(context, Review, "", "", "emergency-closed", [], Failure.Of(409, "conflict", "emergency-closed", "This emergency access was judged already.", "case"), cancellationToken).ConfigureAwait(false);
            }

            var entry = _journal.Entry(context, EntryKind.Administration, Review, "", "", "emergency-" + judgement, one.Patients) with { Detail = id, Statement = comment };
            return new ActResult { Status = 204, Receipt = await _journal.Record(entry, cancellationToken).ConfigureAwait(false) };
        }
        finally
        {
            _turns.Done();
        }
    }

    private async ValueTask<ActResult?> NotOperator(ActContext context, string interaction, CancellationToken cancellationToken) => context.Caller.PersonKind == PersonKind.Operator
        ? null
        : await _journal.Refuse(context, interaction, "", "", "operator-only", [], Failure.Of(403, "forbidden", "access-denied", "Reviews are for the hub's operators."), cancellationToken).ConfigureAwait(false);

    private ValueTask<ActResult> Bad(ActContext context, string interaction, string text, string parameter, CancellationToken cancellationToken) =>
        _journal.Refuse(context, interaction, "", "", "parameter-invalid", [], Failure.Of(400, "invalid", "parameter-invalid", text, parameter), cancellationToken);

    private static ReadOnlyMemory<byte> Write(List<Shown> cases, bool isAll)
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("resourceType", "Parameters");
        json.WriteStartArray("parameter");
        Counts(json, "all", null, cases);
        foreach (var of in cases.GroupBy(c => c.Clinician).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(ListedMax))
        {
            Counts(json, "clinician", of.Key, [.. of]);
        }

        foreach (var one in cases.Where(c => isAll || c.Judgement is null).TakeLast(ListedMax))
        {
            json.WriteStartObject();
            json.WriteString("name", "access");
            json.WriteStartArray("part");
            Value(json, "case", p => Text(p, one.Id));
            Value(json, "clinician", p => Text(p, one.Clinician));
            Value(json, "institution", p => Text(p, one.Institution));
            Value(json, "purpose", p => Text(p, one.Purpose));
            Value(json, "reason", p => Text(p, one.Reason));
            Value(json, "time", p => p.WriteString("valueInstant", Instant.Text(one.Time)));
            Value(json, "patients", p => Number(p, one.Patients));
            Value(json, "entries", p => Number(p, one.Entries));
            Value(json, "status", p => Text(p, one.Judgement ?? "open"));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    /// <summary>How often, how many wait, and how many were found unjustified: of all, or of one clinician.</summary>
    private static void Counts(Utf8JsonWriter json, string name, string? clinician, List<Shown> cases)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("part");
        if (clinician is not null)
        {
            Value(json, "clinician", p => Text(p, clinician));
        }

        Value(json, "count", p => Number(p, cases.Count));
        Value(json, "open", p => Number(p, cases.Count(c => c.Judgement is null)));
        Value(json, "unjustified", p => Number(p, cases.Count(c => c.Judgement == "emergency-unjustified")));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, string name, Action<Utf8JsonWriter> value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        value(json);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string value) => json.WriteString("valueString", value);

    private static void Number(Utf8JsonWriter json, int value) => json.WriteNumber("valueInteger", value);

    private sealed record Found(string? Judgement, ImmutableArray<string> Patients);

    private sealed record Shown(string Id, string Clinician, string Institution, string Purpose, string Reason, DateTimeOffset Time, int Patients, int Entries, string? Judgement);
}
