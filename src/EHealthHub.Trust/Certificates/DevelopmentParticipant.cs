using System.Collections.Immutable;
using EHealthHub.Trust.Clinicians;

namespace EHealthHub.Trust.Certificates;

/// <summary>What a demonstration participant is.</summary>
public enum DevelopmentRole
{
    /// <summary>The hub's own TLS server.</summary>
    Server = 1,

    /// <summary>The registry operator.</summary>
    Authority = 2,

    /// <summary>A hospital.</summary>
    Provider = 3,

    /// <summary>An insurer.</summary>
    Insurer = 4,

    /// <summary>A clinician with a card.</summary>
    Clinician = 5,

    /// <summary>A citizen with a card.</summary>
    Citizen = 6,

    /// <summary>An auditor.</summary>
    Auditor = 7,

    /// <summary>An operator of the hub.</summary>
    Operator = 8,

    /// <summary>The development authority's OCSP responder.</summary>
    Responder = 9,
}

/// <summary>A demonstration participant, as issued.</summary>
/// <param name="Name">File name without ending, and registered id: <c>hospital-ankara</c>.</param>
/// <param name="Role">What it is.</param>
/// <param name="DisplayName">For people.</param>
/// <param name="NationalId">Eleven digits for holders of a card, else null.</param>
/// <param name="Thumbprint">SHA-256 of the certificate, lower-case hex.</param>
public sealed record DevelopmentParticipant(string Name, DevelopmentRole Role, string DisplayName, string? NationalId, string Thumbprint);

/// <summary>Who takes part in the demonstration: fixed names and numbers, so that scripts may rely on them.</summary>
internal sealed record PlannedParticipant(string Name, DevelopmentRole Role, string DisplayName, string GivenName = "", string Surname = "", string? NationalId = null)
{
    internal static readonly ImmutableArray<PlannedParticipant> All =
    [
        new("server", DevelopmentRole.Server, "localhost"),
        new("ministry", DevelopmentRole.Authority, "Sağlık Bakanlığı (gösterim)"),
        new("hospital-ankara", DevelopmentRole.Provider, "Ankara Şehir Hastanesi (gösterim)"),
        new("hospital-izmir", DevelopmentRole.Provider, "İzmir Devlet Hastanesi (gösterim)"),
        new("insurer", DevelopmentRole.Insurer, "Güven Sigorta (gösterim)"),
        Card("dr-ayse", DevelopmentRole.Clinician, "Ayşe", "Demir", "271828182"),
        Card("dr-mehmet", DevelopmentRole.Clinician, "Mehmet", "Kaya", "314159265"),
        Card("citizen-zeynep", DevelopmentRole.Citizen, "Zeynep", "Yılmaz", "100000001"),
        new("auditor", DevelopmentRole.Auditor, "Denetçi (gösterim)"),
        new("operator", DevelopmentRole.Operator, "İşletmen (gösterim)"),
        new("operator-second", DevelopmentRole.Operator, "İkinci işletmen (gösterim)"),
        new(Responder, DevelopmentRole.Responder, "EHealthHub development OCSP"),
        new(Revoked, DevelopmentRole.Provider, "Revoked hospital"),
        new(Expired, DevelopmentRole.Provider, "Expired hospital"),
        new(Unregistered, DevelopmentRole.Provider, "Unregistered hospital"),
    ];

    internal const string Responder = "ocsp";
    internal const string Revoked = "hospital-revoked";
    internal const string Expired = "hospital-expired";
    internal const string Unregistered = "hospital-unregistered";

    private static PlannedParticipant Card(string name, DevelopmentRole role, string given, string surname, string nineDigits) =>
        new(name, role, $"{given} {surname}", given, surname, Clinicians.NationalId.Complete(nineDigits));
}
