using System.Collections.Immutable;
using System.Text.Json;

namespace EHealthHub.Exchange.Erasing;

/// <summary>Who did something in a case, and when.</summary>
/// <param name="By">Registered id of the person or institution.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why, in their words; empty where nothing was said.</param>
public sealed record CaseStep(string By, DateTimeOffset At, string Reason);

/// <summary>What a case keeps of its course. Kept sealed by the store.</summary>
public sealed record CaseDetails
{
    /// <summary>Who asked; null once it is erased, for that is the patient.</summary>
    public CaseStep? Asked { get; init; }

    /// <summary>Who approved.</summary>
    public ImmutableArray<CaseStep> Approvals { get; init; } = [];

    /// <summary>Who refused, or lifted a hold.</summary>
    public CaseStep? Closed { get; init; }

    /// <summary>Who carried it out.</summary>
    public CaseStep? Executed { get; init; }

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this);

    internal static CaseDetails Read(ReadOnlyMemory<byte> json) => json.IsEmpty ? new CaseDetails() : JsonSerializer.Deserialize<CaseDetails>(json.Span)!;
}
