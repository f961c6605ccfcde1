using System.Globalization;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>How many cases a generated test runs: few in the suite; EHEALTHHUB_TEST_CASES says otherwise.</summary>
internal static class Fuzz
{
    internal static long Count(long usual) => long.TryParse(Environment.GetEnvironmentVariable("EHEALTHHUB_TEST_CASES"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : usual;
}
