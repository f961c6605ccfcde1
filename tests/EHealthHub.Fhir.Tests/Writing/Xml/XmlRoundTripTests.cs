using System.Text;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;

namespace EHealthHub.Fhir.Tests.Writing.Xml;

public class XmlRoundTripTests
{
    private static readonly FhirLimits Large = new() { BytesMax = 200_000_000 };

    private static readonly string[] Definitions = ["SearchParameter", "ValueSet", "CodeSystem", "StructureDefinition"];

    public static TheoryData<string> Valid => [.. Samples.Valid, Samples.Transaction];

    [Theory]
    [MemberData(nameof(Valid))]
    public void What_goes_out_as_xml_comes_back_with_every_value(string json)
    {
        Assert.Null(RoundTrip(Encoding.UTF8.GetBytes(json)));
        Assert.Null(RoundTrip(Encoding.UTF8.GetBytes(json), pretty: true));
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void The_sdk_reads_our_xml_and_we_read_its(string json) => Assert.Null(WithSdk(Encoding.UTF8.GetBytes(json)));

    [OfficialExamplesFact]
    public void All_official_examples_come_back_with_every_value()
    {
        var wrong = new List<string>();
        var paths = RealData.OfficialExamples().Where(p => Path.GetFileName(p) is not ("package.json" or ".index.json")).ToList();
        for (var i = 0; i < paths.Count; i++)
        {
            var path = paths[i];
            var json = File.ReadAllBytes(path);
            if ((RoundTrip(json) ?? (IsForSdk(Path.GetFileName(path), json.Length, i) ? WithSdk(json) : null)) is { } difference)
            {
                wrong.Add($"{Path.GetFileName(path)}: {difference}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(5_306, paths.Count);
    }

    [SyntheaFact]
    public void Records_of_hospitals_come_back_with_every_value()
    {
        var paths = RealData.SyntheaBundles();
        for (var i = 0; i < paths.Length; i++)
        {
            Assert.Null(RoundTrip(File.ReadAllBytes(paths[i]), pretty: i % 2 == 1));
        }
    }

    /// <summary>The SDK takes its time: of the definitions, which are most of the examples, it sees every tenth. It does not hold the largest decimals.</summary>
    private static bool IsForSdk(string file, int length, int number) =>
        length < 200_000 && file != "Observation-decimal.json" && (number % 10 == 0 || !Definitions.Any(d => file.StartsWith(d, StringComparison.Ordinal)));

    private static string? RoundTrip(byte[] json, bool pretty = false)
    {
        using var before = Read.Resource(json, Large);
        using var after = Support.Xml.Resource(Support.Xml.Write(Encoding.UTF8.GetBytes(Read.Text(before)), pretty), Large);
        return SameJson.Difference(before.Root, after.Root);
    }

    /// <summary>Our XML as the SDK understands it, and the SDK's XML as we do.</summary>
    private static string? WithSdk(byte[] json)
    {
        using var resource = Read.Resource(json, Large);
        var ours = Support.Xml.SdkJsonOfXml(Support.Xml.Write(Encoding.UTF8.GetBytes(Read.Text(resource))));
        var theirs = Support.Xml.SdkJsonOfXml(Support.Xml.SdkXmlOfJson(json));
        if (SameJson.Difference(ours, theirs) is { } difference)
        {
            return "sdk reading ours: " + difference;
        }

        using var read = Support.Xml.Resource(Support.Xml.SdkXmlOfJson(json), Large);
        using var expected = Read.Resource(Support.Xml.SdkJsonOfJson(json), Large);
        return SameJson.Difference(expected.Root, read.Root, trimmed: true) is { } other ? "we reading the sdk's: " + other : null;
    }
}
