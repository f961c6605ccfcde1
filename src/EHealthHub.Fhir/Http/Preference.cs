namespace EHealthHub.Fhir.Http;

/// <summary>What a writer wants back (R4, 3.1.0.1.8).</summary>
public enum ReturnPreference
{
    /// <summary>Nothing said.</summary>
    Unstated,

    /// <summary>No body.</summary>
    Minimal,

    /// <summary>The resource as stored.</summary>
    Representation,

    /// <summary>An OperationOutcome.</summary>
    OperationOutcome,
}

/// <summary>What to do about a search parameter that is not known (R4, 3.1.1.3).</summary>
public enum HandlingPreference
{
    /// <summary>Nothing said.</summary>
    Unstated,

    /// <summary>Refuse.</summary>
    Strict,

    /// <summary>Ignore it.</summary>
    Lenient,
}

/// <summary>The Prefer header (RFC 7240): wishes, none of which makes a request invalid.</summary>
/// <param name="Return"><c>return=</c>.</param>
/// <param name="Handling"><c>handling=</c>.</param>
/// <param name="RespondAsync"><c>respond-async</c>.</param>
public sealed record Preference(ReturnPreference Return, HandlingPreference Handling, bool RespondAsync)
{
    private const int HeaderMax = 1_024;

    /// <summary>No wishes.</summary>
    public static Preference None { get; } = new(ReturnPreference.Unstated, HandlingPreference.Unstated, false);

    /// <summary>Reads the header; several of them are joined by commas. Of the same preference the first counts; what is not known, or stands behind the first 1,024 characters, is ignored.</summary>
    public static Preference Parse(string? header)
    {
        var wish = None;
        if (string.IsNullOrEmpty(header))
        {
            return wish;
        }

        var text = header.AsSpan(0, Math.Min(header.Length, HeaderMax));
        foreach (var part in text.SplitAny(',', ';'))
        {
            var item = text[part].Trim();
            var equals = item.IndexOf('=');
            var name = (equals < 0 ? item : item[..equals]).Trim();
            var value = equals < 0 ? default : item[(equals + 1)..].Trim().Trim('"');
            wish = Is(name, "respond-async") ? wish with { RespondAsync = true }
                : Is(name, "return") && wish.Return == ReturnPreference.Unstated ? wish with { Return = ReturnOf(value) }
                : Is(name, "handling") && wish.Handling == HandlingPreference.Unstated ? wish with { Handling = HandlingOf(value) }
                : wish;
        }

        return wish;
    }

    private static ReturnPreference ReturnOf(ReadOnlySpan<char> value) =>
        Is(value, "minimal") ? ReturnPreference.Minimal : Is(value, "representation") ? ReturnPreference.Representation : Is(value, "OperationOutcome") ? ReturnPreference.OperationOutcome : ReturnPreference.Unstated;

    private static HandlingPreference HandlingOf(ReadOnlySpan<char> value) =>
        Is(value, "strict") ? HandlingPreference.Strict : Is(value, "lenient") ? HandlingPreference.Lenient : HandlingPreference.Unstated;

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
