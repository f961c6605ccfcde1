using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Exchange.Tests.Support;

/// <summary>Who stands in the tests' registry.</summary>
internal static class People
{
    internal const string Ayse = "10000000146";
    internal const string Mehmet = "10000000078";

    internal static RegistrySnapshot Registry { get; } = new(
        [
            new Institution("ministry", "Bakanlık", InstitutionKind.Authority, [Thumbprint(1)], ["system/*.cruds"], Suspended: false, 100),
            new Institution("hospital-ankara", "Ankara Şehir Hastanesi", InstitutionKind.Provider, [Thumbprint(2)], ["system/*.cruds"], Suspended: false, 100),
            new Institution("hospital-izmir", "İzmir Şehir Hastanesi", InstitutionKind.Provider, [Thumbprint(3)], ["system/*.cruds"], Suspended: false, 100),
            new Institution("insurer", "Güven Sigorta", InstitutionKind.Insurer, [Thumbprint(4)], [], Suspended: false, 100),
        ],
        [
            new Person("dr-ayse", "Ayşe Demir", PersonKind.Clinician, Ayse, [], [], Suspended: false),
            new Person("dr-mehmet", "Mehmet Kaya", PersonKind.Clinician, Mehmet, [], [], Suspended: false),
        ],
        []);

    private static string Thumbprint(int number) => number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
}
