using System.Globalization;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>How long to fuzz: some cases in the suite, more where EHEALTHHUB_FUZZ_CASES says so.</summary>
internal static class Fuzz
{
    public static int Cases(int usual) => int.TryParse(Environment.GetEnvironmentVariable("EHEALTHHUB_FUZZ_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var cases) ? cases : usual;
}
