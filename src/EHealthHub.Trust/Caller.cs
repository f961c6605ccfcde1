using System.Collections.Immutable;

namespace EHealthHub.Trust;

/// <summary>What kind of participant an institution is registered as.</summary>
public enum InstitutionKind
{
    /// <summary>Hospital, laboratory, pharmacy: submits records and carries clinicians.</summary>
    Provider = 1,

    /// <summary>Insurer.</summary>
    Insurer = 2,

    /// <summary>The registry operator, with system scopes.</summary>
    Authority = 3,

    /// <summary>A proxy that ends the TLS of others and tells whose certificate it saw (RFC 9440). It never speaks for itself.</summary>
    Proxy = 4,
}

/// <summary>What kind of person stands behind a request.</summary>
public enum PersonKind
{
    /// <summary>Nobody: an institution's system acts for itself.</summary>
    None = 0,

    /// <summary>A registered clinician, proven by card.</summary>
    Clinician = 1,

    /// <summary>A citizen, acting on the own record.</summary>
    Citizen = 2,

    /// <summary>An auditor.</summary>
    Auditor = 3,

    /// <summary>An operator of the hub.</summary>
    Operator = 4,
}

/// <summary>A glass that a clinician broke.</summary>
/// <param name="Reason">Why, in their own words; the patients concerned read it.</param>
/// <param name="From">Since when.</param>
/// <param name="Until">Until when, exclusive.</param>
public sealed record EmergencyAccess(string Reason, DateTimeOffset From, DateTimeOffset Until);

/// <summary>Who is speaking, proven: made by the room Trust alone, from a certificate and, where there is one, a token bound to it.</summary>
public sealed record Caller
{
    /// <summary>Registered id of the institution, for example <c>hospital-ankara</c>; null for a person on their own connection without one.</summary>
    public string? Institution { get; init; }

    /// <summary>Kind of the institution; null without one.</summary>
    public InstitutionKind? InstitutionKind { get; init; }

    /// <summary>Kind of person.</summary>
    public PersonKind PersonKind { get; init; }

    /// <summary>Registered id of the person, for example <c>dr-ayse</c>; null without one.</summary>
    public string? Person { get; init; }

    /// <summary>National id of a citizen or clinician, from the certificate; null for systems.</summary>
    public string? NationalId { get; init; }

    /// <summary>Role in which a clinician is employed at the institution, as the registry has it, for example <c>physician</c>; null for others.</summary>
    public string? Role { get; init; }

    /// <summary>Logical id of the one patient that the scopes of the level <c>patient</c> are about, from the launch context of the token; null without one.</summary>
    public string? Patient { get; init; }

    /// <summary>SMART v2 scopes, for example <c>system/*.cruds</c>.</summary>
    public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>Purpose of use (v3-ActReason code).</summary>
    public required string Purpose { get; init; }

    /// <summary>The glass that the token breaks (purposes ETREAT and BTG); null without one.</summary>
    public EmergencyAccess? Emergency { get; init; }

    /// <summary>SHA-256 thumbprint of the TLS client certificate, lower-case hex.</summary>
    public required string Certificate { get; init; }

    /// <summary>SHA-256 thumbprint of the card behind the token, or of the card that opened the connection; null where no card speaks.</summary>
    public string? Card { get; init; }

    /// <summary>jti of the token; null without one.</summary>
    public string? TokenId { get; init; }

    /// <summary>Registered id of the program that the token was issued to; null without a token.</summary>
    public string? Client { get; init; }
}
