using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using EHealthHub.Operator.Synthetic;

namespace EHealthHub.Operator.Tests.Synthetic;

public sealed partial class PatientGeneratorTests
{
    private static readonly PatientGenerator Generator = new(7);

    private static readonly Lazy<IReadOnlyList<SyntheticPatient>> Many = new(() => [.. Enumerable.Range(0, 400).Select(Generator.Patient)]);

    [Fact]
    public void Two_runs_with_one_seed_give_the_same_bytes_in_any_order()
    {
        var again = new PatientGenerator(7);
        for (var i = 40; i >= 0; i--)
        {
            Assert.True(again.Patient(i).Bundle.Span.SequenceEqual(Many.Value[i].Bundle.Span));
        }
    }

    [Fact]
    public void The_bytes_are_the_same_on_every_machine()
    {
        // Written down once; a change of the generator changes it, a change of machine does not.
        var hash = SHA256.HashData(Generator.Patient(0).Bundle.Span);
        Assert.Equal(KnownAnswer, Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Another_seed_gives_other_patients() =>
        Assert.NotEqual(Generator.Patient(0).NationalId, new PatientGenerator(8).Patient(0).NationalId);

    [Fact]
    public void National_ids_are_valid_and_never_repeat()
    {
        Assert.Equal(Many.Value.Count, Many.Value.Select(p => p.NationalId).Distinct().Count());
        Assert.All(Many.Value, p => Assert.True(IsNationalId(p.NationalId)));
    }

    [Theory]
    [InlineData(100_000_001, "10000000146")]
    [InlineData(123_456_789, "12345678950")]
    [InlineData(212_212_212, "21221221272")]
    public void Check_digits_are_those_of_known_valid_numbers(long nine, string whole) => Assert.Equal(whole, NationalId.Complete(nine));

    [Fact]
    public void Every_patient_has_a_whole_history() =>
        Assert.All(Many.Value, p => Assert.InRange(p.Resources, PatientHistory.ResourcesMin, PatientHistory.ResourcesMax));

    [Fact]
    public void Every_reference_resolves_in_the_bundle_or_the_directory()
    {
        var known = PatientGenerator.Directory().SelectMany(Entries).Select(e => e.GetProperty("request").GetProperty("url").GetString() + "?" + e.GetProperty("request").GetProperty("ifNoneExist").GetString()).ToHashSet();
        foreach (var patient in Many.Value)
        {
            var text = System.Text.Encoding.UTF8.GetString(patient.Bundle.Span);
            var fullUrls = Entries(patient.Bundle).Select(e => e.GetProperty("fullUrl").GetString()).ToList();
            Assert.Equal(patient.Resources, fullUrls.Distinct().Count());
            var references = References().Matches(text).Select(m => m.Groups[1].Value).Distinct().ToList();
            Assert.Contains(references, r => r.StartsWith("Practitioner?", StringComparison.Ordinal));
            Assert.All(references, r => Assert.True(known.Contains(r) || fullUrls.Contains(r), r));
        }
    }

    [Fact]
    public void The_first_entry_is_a_patient_that_is_created_once()
    {
        foreach (var patient in Many.Value)
        {
            var first = Entries(patient.Bundle)[0];
            Assert.Equal("Patient", first.GetProperty("resource").GetProperty("resourceType").GetString());
            Assert.Equal($"identifier=urn:oid:2.16.840.1.113883.3.129.1.1.1|{patient.NationalId}", first.GetProperty("request").GetProperty("ifNoneExist").GetString());
            Assert.Equal("https://ehealthhub.example/fhir/StructureDefinition/tr-hub-patient", first.GetProperty("resource").GetProperty("meta").GetProperty("profile")[0].GetString());
        }
    }

    [Fact]
    public void Nothing_happens_before_birth_or_after_the_end()
    {
        foreach (var patient in Many.Value)
        {
            var birth = Entries(patient.Bundle)[0].GetProperty("resource").GetProperty("birthDate").GetString()!;
            var text = System.Text.Encoding.UTF8.GetString(patient.Bundle.Span);
            Assert.All(Dates().Matches(text).Select(m => m.Groups[1].Value), d => Assert.InRange(d, birth, "2026-11-30"));
        }
    }

    [Fact]
    public void The_population_looks_like_the_country()
    {
        var patients = Many.Value.Select(p => Entries(p.Bundle)[0].GetProperty("resource")).ToList();
        Assert.InRange(patients.Count(p => p.GetProperty("gender").GetString() == "female"), 150, 250);
        var ages = patients.Select(p => 2026 - int.Parse(p.GetProperty("birthDate").GetString()![..4], CultureInfo.InvariantCulture)).ToList();
        Assert.InRange(ages.Count(a => a < 15), 50, 125);
        Assert.InRange(ages.Count(a => a >= 65), 15, 75);
        var cities = patients.Select(p => p.GetProperty("address")[0].GetProperty("city").GetString()).ToList();
        Assert.InRange(cities.Count(c => c == "İstanbul"), 45, 105);
        Assert.True(cities.Distinct().Count() > 40);
        var types = Many.Value.SelectMany(p => Entries(p.Bundle)).Select(e => e.GetProperty("resource").GetProperty("resourceType").GetString()!).Distinct().Order();
        Assert.Equal(
            ["AllergyIntolerance", "Condition", "DiagnosticReport", "Encounter", "Immunization", "MedicationRequest", "Observation", "Patient", "Procedure"], types);
    }

    [Fact]
    public void Decimals_keep_their_trailing_zeros()
    {
        Assert.Equal("37.0", BundleJson.Fixed(370, 1));
        Assert.Equal("0.05", BundleJson.Fixed(5, 2));
        Assert.Equal("-1.20", BundleJson.Fixed(-120, 2));
        Assert.Contains(Many.Value, p => TrailingZero().IsMatch(System.Text.Encoding.UTF8.GetString(p.Bundle.Span)));
    }

    [Fact]
    public void There_are_81_provinces_with_a_hospital_each()
    {
        Assert.Equal(Enumerable.Range(1, 81).Select(p => p.ToString("D2", CultureInfo.InvariantCulture)), Provinces.All.Select(p => p.Plate));
        Assert.All(Provinces.All, p => Assert.NotEmpty(HealthDirectory.In(p)));
        Assert.Equal(HealthDirectory.Hospitals.Count(), HealthDirectory.Hospitals.Select(h => h.Code).Distinct().Count());
        Assert.Equal(HealthDirectory.Hospitals.Sum(h => h.Physicians.Length), HealthDirectory.Hospitals.SelectMany(h => h.Physicians).Select(p => p.Code).Distinct().Count());
    }

    [Fact]
    public void Every_prescribed_medicine_is_known() =>
        Assert.All(Clinical.Chronic.Concat(Clinical.Acute).SelectMany(d => d.Drugs), code => Assert.True(Clinical.Drugs.ContainsKey(code), code));

    private static IReadOnlyList<JsonElement> Entries(ReadOnlyMemory<byte> bundle)
    {
        using var document = JsonDocument.Parse(bundle);
        return [.. document.RootElement.Clone().GetProperty("entry").EnumerateArray()];
    }

    private static bool IsNationalId(string id)
    {
        var d = id.Select(c => c - '0').ToArray();
        var tenth = (((7 * (d[0] + d[2] + d[4] + d[6] + d[8])) - (d[1] + d[3] + d[5] + d[7])) % 10 + 10) % 10;
        return d.Length == 11 && d[0] == 9 && d[9] == tenth && d[10] == d[..10].Sum() % 10;
    }

    [GeneratedRegex("\"reference\":\"([^\"]*)\"")]
    private static partial Regex References();

    [GeneratedRegex("\"((?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})")]
    private static partial Regex Dates();

    [GeneratedRegex("\"value\":[0-9]+\\.[0-9]*0,")]
    private static partial Regex TrailingZero();

    private const string KnownAnswer = "5d223571828647e817058eaed1c57c63647330bd159b7b3781d279d978e43d5c";
}
