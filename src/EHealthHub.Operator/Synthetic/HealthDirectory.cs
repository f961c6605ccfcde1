using System.Globalization;

namespace EHealthHub.Operator.Synthetic;

/// <summary>A made-up physician of a hospital.</summary>
internal sealed record Physician(string Code, string Given, string Family, bool Female)
{
    public string Reference => $"Practitioner?identifier={Systems.PractitionerId}|{Code}";
}

/// <summary>A made-up hospital.</summary>
internal sealed record Hospital(string Code, string Name, Province Province, string District, Physician[] Physicians)
{
    public string Reference => $"Organization?identifier={Systems.OrganizationId}|{Code}";
}

/// <summary>Hospitals in every province, the more the more people live there, and the physicians who work in them. The same for every seed: patients of all seeds meet the same directory.</summary>
internal static class HealthDirectory
{
    private const ulong Seed = 0x4845414C5448;
    private const int PhysiciansOfHospital = 3;
    private const int HospitalsOfBundle = 60;

    private static readonly string[] Kinds = ["Şehir Hastanesi", "Eğitim ve Araştırma Hastanesi", "Devlet Hastanesi", "Kadın Doğum ve Çocuk Hastanesi"];

    private static readonly ILookup<string, Hospital> HospitalsByPlate = Provinces.All.SelectMany(HospitalsIn).ToLookup(h => h.Province.Plate, StringComparer.Ordinal);

    public static IEnumerable<Hospital> Hospitals => HospitalsByPlate.SelectMany(g => g);

    /// <summary>The hospitals of a province; at least one.</summary>
    public static IReadOnlyList<Hospital> In(Province province) => [.. HospitalsByPlate[province.Plate]];

    /// <summary>The directory as transaction Bundles; loading them again changes nothing.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Bundles()
    {
        var source = new SeededSource(Seed, 0);
        foreach (var hospitals in Hospitals.Chunk(HospitalsOfBundle))
        {
            using var bundle = new BundleJson();
            foreach (var hospital in hospitals)
            {
                WriteHospital(bundle, hospital, source.Uuid());
                foreach (var physician in hospital.Physicians)
                {
                    WritePhysician(bundle, physician, source.Uuid());
                }
            }

            yield return bundle.Finish();
        }
    }

    private static IEnumerable<Hospital> HospitalsIn(Province province)
    {
        var plate = int.Parse(province.Plate, CultureInfo.InvariantCulture);
        var source = new SeededSource(Seed, (ulong)plate);
        var count = Math.Clamp(province.Population / 700_000, 1, Kinds.Length);
        for (var i = 0; i < count; i++)
        {
            var physicians = new Physician[PhysiciansOfHospital];
            for (var p = 0; p < physicians.Length; p++)
            {
                var female = source.Chance(450);
                physicians[p] = new Physician($"{province.Plate}{i + 1}{p + 1:D3}", source.PickSkewed(female ? Names.Women : Names.Men), source.PickSkewed(Names.Families), female);
            }

            yield return new Hospital($"{province.Plate}{i + 1:D4}", $"{province.Name} {Kinds[i]}", province, source.Pick(province.Districts), physicians);
        }
    }

    private static void WriteHospital(BundleJson bundle, Hospital hospital, Guid id)
    {
        var json = bundle.Json;
        bundle.Begin("Organization", id);
        bundle.Identifier(Systems.OrganizationId, hospital.Code);
        json.WriteBoolean("active", true);
        bundle.Concepts("type", Systems.Hl7 + "organization-type", "prov", "Healthcare Provider");
        json.WriteString("name", hospital.Name);
        json.WriteStartArray("address");
        json.WriteStartObject();
        json.WriteString("city", hospital.Province.Name);
        json.WriteString("district", hospital.District);
        json.WriteString("country", "TR");
        json.WriteEndObject();
        json.WriteEndArray();
        bundle.End("Organization", $"identifier={Systems.OrganizationId}|{hospital.Code}");
    }

    private static void WritePhysician(BundleJson bundle, Physician physician, Guid id)
    {
        var json = bundle.Json;
        bundle.Begin("Practitioner", id);
        bundle.Identifier(Systems.PractitionerId, physician.Code);
        json.WriteBoolean("active", true);
        json.WriteStartArray("name");
        json.WriteStartObject();
        json.WriteString("family", physician.Family);
        json.WriteStartArray("given");
        json.WriteStringValue(physician.Given);
        json.WriteEndArray();
        json.WriteStartArray("prefix");
        json.WriteStringValue("Dr.");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("gender", physician.Female ? "female" : "male");
        bundle.End("Practitioner", $"identifier={Systems.PractitionerId}|{physician.Code}");
    }
}
