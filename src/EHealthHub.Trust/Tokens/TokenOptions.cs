using System.Collections.Immutable;

namespace EHealthHub.Trust.Tokens;

/// <summary>Who issues tokens, for what, for how long. <see cref="Faults"/> lists all that is wrong with it.</summary>
public sealed record TokenOptions
{
    /// <summary>Largest assertion taken, in characters.</summary>
    public const int AssertionLengthMax = 16 * 1024;

    /// <summary>Largest access token taken, in characters; the hub's own have about a thousand.</summary>
    public const int TokenLengthMax = 4096;

    /// <summary><c>iss</c> of issued tokens: the hub's public base address.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>aud</c> that an assertion must name: the token endpoint's address.</summary>
    public required string TokenEndpoint { get; init; }

    /// <summary><c>aud</c> of issued tokens: the FHIR base.</summary>
    public required string FhirBase { get; init; }

    /// <summary>Lifetime of a token in seconds (30..300). It ends earlier with the card, the connection's certificate or the employment.</summary>
    public int TokenSecondsMax { get; init; } = 300;

    /// <summary>Longest lifetime of an assertion in seconds (30..300), which is also its greatest age.</summary>
    public int AssertionSecondsMax { get; init; } = 300;

    /// <summary>How far the clocks of hub and card reader may differ, in seconds (0..30).</summary>
    public int ClockSkewSeconds { get; init; } = 30;

    /// <summary>
    /// Purposes of use that a clinician may name. What an institution does for its own operations (HOPERAT) it does without a card; and PATRQT is the citizen's. For breaking the glass see <see cref="EmergencyPurposes"/>.
    /// </summary>
    public ImmutableArray<string> ClinicianPurposes { get; init; } = [Purposes.Treatment];

    /// <summary>Purposes under which a clinician breaks the glass: each such token needs a reason, is an alert in the log, and waits for a review. Empty: nobody does.</summary>
    public ImmutableArray<string> EmergencyPurposes { get; init; } = [Purposes.EmergencyTreatment, Purposes.BreakGlass];

    /// <summary>How long a broken glass stays broken, in seconds (60..3600); longer needs another assertion, and another reason.</summary>
    public int EmergencySecondsMax { get; init; } = 900;

    /// <summary>Length of a reason in characters.</summary>
    public const int ReasonLengthMin = 10;

    /// <summary>Longest reason.</summary>
    public const int ReasonLengthMax = 300;

    /// <summary>Scopes of a clinician; a <c>scope</c> claim in the assertion may narrow them.</summary>
    public ImmutableArray<string> ClinicianScopes { get; init; } = ["user/*.rs"];

    /// <summary>Whether a scope's query (<c>?category=…</c>), for a type of resource, can be kept at every read and search: the host asks the room Access. Nothing can, where it does not say so.</summary>
    public Func<string, string, bool> KeepsQuery { get; init; } = static (_, _) => false;

    /// <summary>Lifetime in seconds (30..3600) of a token that an application holds for a person; a new one costs a refresh token.</summary>
    public int AppTokenSecondsMax { get; init; } = 900;

    /// <summary>How long a person's session at an application lasts without signing in again, in hours (1..24).</summary>
    public int SessionHoursMax { get; init; } = 12;

    /// <summary>How long a key signs tokens, in days (1..365). The next one is published a whole period ahead, the last one verifies until its tokens are over.</summary>
    public int KeyDays { get; init; } = 30;

    /// <summary>How many verified tokens are remembered (16..1,000,000); some kilobyte each.</summary>
    public int TokenCacheEntriesMax { get; init; } = 20_000;

    /// <summary>Everything wrong with these options; empty when they can be used.</summary>
    public ImmutableArray<string> Faults()
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        foreach (var (name, value) in new[] { (nameof(Issuer), Issuer), (nameof(TokenEndpoint), TokenEndpoint), (nameof(FhirBase), FhirBase) })
        {
            if (!Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || uri.Fragment.Length > 0)
            {
                faults.Add($"{name} is no absolute https address.");
            }
        }

        if (TokenSecondsMax is < 30 or > 300 || AssertionSecondsMax is < 30 or > 300 || ClockSkewSeconds is < 0 or > 30)
        {
            faults.Add("TokenSecondsMax and AssertionSecondsMax lie in 30..300, ClockSkewSeconds in 0..30.");
        }

        if (AppTokenSecondsMax is < 30 or > 3600 || SessionHoursMax is < 1 or > 24 || KeyDays is < 1 or > 365)
        {
            faults.Add("AppTokenSecondsMax lies in 30..3600, SessionHoursMax in 1..24, KeyDays in 1..365.");
        }

        if (ClinicianPurposes.IsDefaultOrEmpty || ClinicianScopes.IsDefaultOrEmpty || !ClinicianScopes.All(s => GrantedScope.TryParse(s, out var scope) && scope.Level == "user"))
        {
            faults.Add("Clinicians need at least one purpose, and scopes of the level user alone.");
        }

        if (EmergencySecondsMax is < 60 or > 3600 || EmergencyPurposes.IsDefault)
        {
            faults.Add("EmergencySecondsMax lies in 60..3600.");
        }

        if (TokenCacheEntriesMax is < 16 or > 1_000_000)
        {
            faults.Add("TokenCacheEntriesMax is outside 16..1,000,000.");
        }

        return faults.ToImmutable();
    }

    internal TokenOptions Checked()
    {
        var faults = Faults();
        return faults.IsEmpty ? this : throw new ArgumentException(string.Join(' ', faults));
    }
}

/// <summary>Purposes of use (HL7 v3 ActReason) that callers have.</summary>
public static class Purposes
{
    /// <summary>A clinician treats.</summary>
    public const string Treatment = "TREAT";

    /// <summary>A clinician treats in an emergency: the glass is broken.</summary>
    public const string EmergencyTreatment = "ETREAT";

    /// <summary>A clinician breaks the glass for another reason.</summary>
    public const string BreakGlass = "BTG";

    /// <summary>A citizen asks for the own record.</summary>
    public const string PatientRequest = "PATRQT";

    /// <summary>A provider's system submits and reads what it submitted.</summary>
    public const string Operations = "HOPERAT";

    /// <summary>The authority derives figures and de-identified data.</summary>
    public const string PublicHealth = "PUBHLTH";

    /// <summary>An institution derives them for a research project.</summary>
    public const string Research = "HRESCH";

    /// <summary>An insurer pays.</summary>
    public const string Payment = "HPAYMT";

    /// <summary>The registry operator and the hub's operators keep the system running.</summary>
    public const string SystemAdministration = "HSYSADMIN";

    /// <summary>An auditor looks whether the rules were kept.</summary>
    public const string Compliance = "HCOMPL";
}
