using System.Buffers;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Tests.Writing;

public class SubsetTests
{
    private const string Tag = """{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}""";

    private const string Observation =
        """{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"code":"a"}]},"text":{"status":"generated","div":"<div/>"},"contained":[{"resourceType":"Patient","id":"p"}],"extension":[{"url":"u","valueCode":"x"}],"modifierExtension":[{"url":"m","valueDecimal":0.10}],"status":"final","_status":{"id":"s"},"code":{"text":"Na\u00efve","extension":[{"url":"u","valueCode":"x"}]},"subject":{"reference":"#p"},"valueQuantity":{"value":1.10,"extension":[{"url":"q","valueCode":"x"}]},"note":[{"text":"n"}],"method":{"extension":[{"url":"u","valueCode":"x"}]},"referenceRange":[{"text":"r"}],"component":[{"code":{"extension":[{"url":"u","valueCode":"x"}]},"valueInteger":1,"interpretation":[{"text":"i"}]}]}""";

    [Fact]
    public void A_summary_holds_what_the_definitions_mark_and_keeps_its_bytes() => Assert.Equal(
        $$$"""{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"code":"a"},{{{Tag}}}]},"modifierExtension":[{"url":"m","valueDecimal":0.10}],"status":"final","_status":{"id":"s"},"code":{"text":"Na\u00efve"},"subject":{"reference":"#p"},"valueQuantity":{"value":1.10},"component":[{"code":{"extension":[{"url":"u","valueCode":"x"}]},"valueInteger":1}]}""",
        Cut(Observation, "true"));

    [Fact]
    public void Text_alone_brings_what_is_mandatory() => Assert.Equal(
        $$$"""{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"code":"a"},{{{Tag}}}]},"text":{"status":"generated","div":"<div/>"},"status":"final","_status":{"id":"s"},"code":{"text":"Na\u00efve","extension":[{"url":"u","valueCode":"x"}]}}""",
        Cut(Observation, "text"));

    [Fact]
    public void Data_is_everything_but_the_text()
    {
        var cut = Cut(Observation, "data");
        Assert.Equal(Observation.Replace("\"text\":{\"status\":\"generated\",\"div\":\"<div/>\"},", "", StringComparison.Ordinal).Replace("[{\"code\":\"a\"}]", $"[{{\"code\":\"a\"}},{Tag}]", StringComparison.Ordinal), cut);
    }

    [Theory]
    [InlineData("note")]
    [InlineData("Observation.note, note")]
    [InlineData("note,Patient.name")]
    public void Elements_come_with_what_is_mandatory_or_modifies(string elements) => Assert.Equal(
        $$$"""{"resourceType":"Observation","id":"o","meta":{"versionId":"1","tag":[{"code":"a"},{{{Tag}}}]},"modifierExtension":[{"url":"m","valueDecimal":0.10}],"status":"final","_status":{"id":"s"},"code":{"text":"Na\u00efve","extension":[{"url":"u","valueCode":"x"}]},"note":[{"text":"n"}]}""",
        Cut(Observation, null, elements));

    [Fact]
    public void A_choice_is_named_by_its_element() =>
        Assert.Contains("\"valueQuantity\":{\"value\":1.10,", Cut(Observation, null, "value"), StringComparison.Ordinal);

    [Fact]
    public void A_resource_without_meta_or_tags_gets_the_tag_and_a_tagged_one_no_second()
    {
        Assert.Equal($$$"""{"resourceType":"Patient","id":"p","meta":{"tag":[{{{Tag}}}]}}""", Cut("""{"resourceType":"Patient","id":"p"}""", "data"));
        Assert.Equal($$$"""{"resourceType":"Patient","meta":{"source":"s","tag":[{{{Tag}}}]},"id":"p"}""", Cut("""{"resourceType":"Patient","meta":{"source":"s"},"id":"p"}""", "data"));
        var once = Cut(Observation, "true");
        Assert.Equal(once, Cut(once, "true"));
    }

    [Fact]
    public void A_bundle_stays_whole_around_its_resources()
    {
        const string Bundle = """{"resourceType":"Bundle","type":"searchset","total":2,"link":[{"relation":"self","url":"u"}],"entry":[{"fullUrl":"a","resource":{"resourceType":"Patient","id":"p","text":{"status":"empty"},"gender":"male"},"search":{"mode":"match"}},{"resource":{"resourceType":"OperationOutcome","text":{"status":"empty"},"issue":[]},"search":{"mode":"outcome"}}]}""";
        Assert.Equal(
            $$$"""{"resourceType":"Bundle","type":"searchset","total":2,"link":[{"relation":"self","url":"u"}],"entry":[{"fullUrl":"a","resource":{"resourceType":"Patient","id":"p","gender":"male","meta":{"tag":[{{{Tag}}}]}},"search":{"mode":"match"}},{"resource":{"resourceType":"OperationOutcome","text":{"status":"empty"},"issue":[]},"search":{"mode":"outcome"}}]}""",
            Cut(Bundle, "true", type: null));
        Assert.Equal("""{"resourceType":"Bundle","type":"searchset","total":2,"link":[{"relation":"self","url":"u"}]}""", Cut(Bundle, "count", type: null));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("false", null)]
    [InlineData("", "")]
    public void Without_a_wish_all_bytes_stay(string? summary, string? elements) => Assert.Equal(Observation, Cut(Observation, summary, elements));

    [Theory]
    [InlineData("yes", null, "_summary")]
    [InlineData("true", "status", "_elements")]
    [InlineData(null, "nothing", "_elements")]
    [InlineData(null, "valueQuantity", "_elements")]
    [InlineData(null, "code.text", "_elements")]
    [InlineData(null, "Nobody.status", "_elements")]
    [InlineData(null, "Patient.status", "_elements")]
    [InlineData(null, ",", "_elements")]
    public void What_is_not_understood_is_refused_by_name(string? summary, string? elements, string where)
    {
        Assert.False(Subset.Parse(summary, elements, "Observation").Try(out _, out var failure));
        Assert.Equal((400, where), (failure.Status, failure.Issues[0].Expression));
        Assert.Contains(failure.Issues[0].Code, OutcomeTexts.Codes);
    }

    [Fact]
    public void Endless_elements_are_not_read() => Assert.False(Subset.Parse(null, string.Join(',', Enumerable.Repeat("status", 100)), "Observation").Try(out _, out _));

    [Theory]
    [InlineData("true")]
    [InlineData("text")]
    [InlineData("data")]
    public void A_subset_of_a_valid_resource_is_part_of_it_and_valid_json(string summary)
    {
        foreach (var json in Samples.Valid)
        {
            using var whole = Read.Resource(json);
            using var part = Read.Resource(Cut(Read.Text(whole), summary, type: whole.Type));
            Assert.True(whole.Type == "Bundle" || IsPart(part.Root, whole.Root));
            if (whole.Type != "Bundle" && summary == "data")
            {
                Assert.Empty(new Validator().Validate(part, Read.Limits));
            }
        }
    }

    [OfficialExamplesFact]
    public void Subsets_of_all_official_examples_are_part_of_them()
    {
        foreach (var path in RealData.OfficialExamples().Where(p => Path.GetFileName(p) is not ("package.json" or ".index.json")))
        {
            using var whole = Read.Resource(File.ReadAllBytes(path), new() { BytesMax = 100_000_000 });
            foreach (var summary in (string[])["true", "text", "data"])
            {
                using var part = Read.Resource(Encoding.UTF8.GetBytes(Cut(Read.Text(whole), summary, type: whole.Type)), new() { BytesMax = 100_000_000 });
                Assert.True(whole.Type == "Bundle" || IsPart(part.Root, whole.Root), path);
            }
        }
    }

    [Fact]
    public void Pretty_json_has_a_line_for_each_member_and_the_same_values()
    {
        Assert.Equal("{\n  \"a\": [\n    1.10,\n    {}\n  ],\n  \"b\": \"x{,\\\"\\\\\",\n  \"c\": []\n}", Pretty("""{"a":[1.10,{}],"b":"x{,\"\\","c":[]}"""));
        foreach (var json in Samples.Valid)
        {
            using var resource = Read.Resource(json);
            using var again = Read.Resource(Pretty(Read.Text(resource)));
            Assert.Equal(Read.Text(resource), Read.Text(again));
        }
    }

    private static string Cut(string json, string? summary, string? elements = null, string? type = "Observation")
    {
        Assert.True(Subset.Parse(summary, elements, type).Try(out var subset, out var failure), failure?.Issues[0].Diagnostics);
        var output = new ArrayBufferWriter<byte>();
        SubsetWriter.Write(Encoding.UTF8.GetBytes(json), subset!, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Pretty(string json)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonPretty.Write(Encoding.UTF8.GetBytes(json), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static bool IsPart(JsonElement part, JsonElement whole) => part.ValueKind switch
    {
        JsonValueKind.Object => part.EnumerateObject().All(m => m.NameEquals("meta") || (whole.TryGetProperty(m.Name, out var other) && IsPart(m.Value, other))),
        JsonValueKind.Array => part.GetArrayLength() == whole.GetArrayLength() && part.EnumerateArray().Zip(whole.EnumerateArray()).All(p => IsPart(p.First, p.Second)),
        _ => part.GetRawText() == whole.GetRawText(),
    };
}
