using System.Globalization;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>A small registry with one of each kind.</summary>
internal static class TestRegistry
{
    internal static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static string Thumbprint(int number) => number.ToString("x64", CultureInfo.InvariantCulture);

    internal static RegistrySnapshot Snapshot() => new(
        [
            new Institution("hospital-ankara", "Ankara Şehir Hastanesi", InstitutionKind.Provider, [Thumbprint(1000), Thumbprint(1001)], ["system/*.cruds"], Suspended: false, 100),
            new Institution("insurer", "Güven Sigorta", InstitutionKind.Insurer, [Thumbprint(1002)], ["system/Organization.rs"], Suspended: true, 1),
            new Institution("ministry", "Bakanlık", InstitutionKind.Authority, [Thumbprint(1003)], ["system/*.cruds"], Suspended: false, 100_000),
        ],
        [
            new Person("auditor", "Denetçi", PersonKind.Auditor, null, [Thumbprint(1004)], [], Suspended: false),
            new Person("citizen", "Zeynep", PersonKind.Citizen, "10000000146", [], [], Suspended: false),
            new Person(
                "dr-ayse", "Ayşe \"\\ Demir", PersonKind.Clinician, "10000000146", [],
                [new Employment("hospital-ankara", "physician", Start, Start.AddYears(1)), new Employment("hospital-ankara", "head-physician", Start.AddYears(1), null)], Suspended: true),
        ],
        [Thumbprint(1005)]);
}
