namespace EHealthHub.Trust.Institutions;

/// <summary>Who changes the registry, and why: goes into the authenticated file, and from there into the audit log.</summary>
/// <param name="Actor">An operator's account, or the registered id of a caller.</param>
/// <param name="Act">What is done, in the words of the command, for example <c>suspend hospital-ankara</c>.</param>
/// <param name="Reason">Why, in the actor's own words; empty when they gave none.</param>
public sealed record RegistryActor(string Actor, string Act, string Reason);

/// <summary>One change, as the file remembers it.</summary>
/// <param name="Revision">The revision that it led to.</param>
/// <param name="Time">When, UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Act">What.</param>
/// <param name="Reason">Why; may be empty.</param>
public sealed record RegistryNote(long Revision, DateTimeOffset Time, string Actor, string Act, string Reason)
{
    /// <summary>How many changes the file remembers: a gateway that was down longer says so in its log.</summary>
    public const int Kept = 256;

    internal const int TextLengthMax = 300;

    internal static RegistryNote Of(RegistryActor? by, long revision, DateTimeOffset now) =>
        new(revision, now, Bounded(by?.Actor ?? ""), Bounded(by?.Act ?? "change"), Bounded(by?.Reason ?? ""));

    private static string Bounded(string text)
    {
        var printable = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return printable.Length <= TextLengthMax ? printable : printable[..TextLengthMax];
    }
}
