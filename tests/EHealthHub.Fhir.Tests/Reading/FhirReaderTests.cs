using System.Diagnostics;
using System.Text;
using CsCheck;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using Hl7.Fhir.Model;

namespace EHealthHub.Fhir.Tests.Reading;

public class FhirReaderTests
{
    [Fact]
    public void Whitespace_is_dropped_and_every_other_byte_is_kept()
    {
        using var resource = Read.Resource("{ \"resourceType\" : \"Observation\",\r\n\t\"id\":\"a\", \"valueQuantity\" : { \"value\" : 1.50, \"unit\":\"\\u00b5g \\/ l\" }, \"x\": [ true , null, -0 ] } \n");
        Assert.Equal("{\"resourceType\":\"Observation\",\"id\":\"a\",\"valueQuantity\":{\"value\":1.50,\"unit\":\"\\u00b5g \\/ l\"},\"x\":[true,null,-0]}", Read.Text(resource));
        Assert.Equal("Observation", resource.Type);
        Assert.Equal("a", resource.Id);
    }

    [Fact]
    public void Any_json_comes_out_as_it_went_in_but_for_whitespace() =>
        JsonGen.Resource.Sample(pair =>
        {
            using var resource = Read.Resource(pair.Loose);
            return Read.Text(resource) == pair.Tight;
        });

    [Fact]
    public void The_resource_type_may_come_last()
    {
        using var resource = Read.Resource("""{"id":"x","contained":[{"resourceType":"Organization","id":"o"}],"resourceType":"Patient"}""");
        Assert.Equal("Patient", resource.Type);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
    {
        using var resource = Read.Resource("\uFEFF{\"resourceType\":\"Patient\"}");
        Assert.Equal("{\"resourceType\":\"Patient\"}", Read.Text(resource));
    }

    [Fact]
    public void The_list_of_types_is_the_sdks() =>
        Assert.Equal(ModelInfo.SupportedResources.Order(StringComparer.Ordinal), ResourceTypes.All.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("", "body-empty", null)]
    [InlineData("\uFEFF", "body-empty", null)]
    [InlineData(" ", "json-malformed", null)]
    [InlineData("[]", "json-not-an-object", null)]
    [InlineData("\"Patient\"", "json-not-an-object", null)]
    [InlineData("null", "json-not-an-object", null)]
    [InlineData("{}", "resource-type-missing", null)]
    [InlineData("""{"resourceType":"patient"}""", "resource-type-unknown", "Resource.resourceType")]
    [InlineData("""{"resourceType":"DomainResource"}""", "resource-type-unknown", "Resource.resourceType")]
    [InlineData("""{"resourceType":["Patient"]}""", "resource-type-missing", null)]
    [InlineData("""{"resourceType":17}""", "resource-type-unknown", "Resource.resourceType")]
    [InlineData("""{"resourceType":"Patient","active":true,"active":false}""", "json-duplicate-member", "Patient.active")]
    [InlineData("""{"resourceType":"Patient","name":[{},{"given":["a"],"given":["b"]}]}""", "json-duplicate-member", "Patient.name[1].given")]
    [InlineData("""{"resourceType":"Patient","n\u0061me":[]}""", "json-name-escaped", "Patient.n?u0061me")]
    [InlineData("""{"resourceType":"Patient","name":[{},{"given":["a","\uD800"]}]}""", "json-lone-surrogate", "Patient.name[1].given[1]")]
    [InlineData("""{"resourceType":"Patient","a":"\uDC00\uD800"}""", "json-lone-surrogate", "Patient.a")]
    [InlineData("""{"resourceType":"Patient","a":"\uD800\n\uDC00"}""", "json-lone-surrogate", "Patient.a")]
    [InlineData("""{"resourceType":"Patient","active":true,}""", "json-malformed", "Patient.active")]
    [InlineData("""{"resourceType":"Patient" /* why */}""", "json-malformed", "Patient.resourceType")]
    [InlineData("""{"resourceType":"Patient"} {}""", "json-malformed", "Patient")]
    [InlineData("""{"resourceType":"Patient","a":01}""", "json-malformed", "Patient.a")]
    [InlineData("""{"resourceType":"Patient","a":NaN}""", "json-malformed", "Patient.a")]
    [InlineData("""{"resourceType":"Patient","a":'x'}""", "json-malformed", "Patient.a")]
    [InlineData("""{"resourceType":"Patient","name":[{"given":["a""", "json-malformed", "Patient.name[0].given")]
    [InlineData("{\"resourceType\":\"Patient\",\"a\":\"line\nbreak\"}", "json-malformed", "Patient.a")]
    public void What_is_not_strict_json_is_refused_with_its_place(string body, string code, string? expression)
    {
        var failure = Read.Failure(body);
        Assert.Equal(400, failure.Status);
        var issue = Assert.Single(failure.Issues);
        Assert.Equal(code, issue.Code);
        Assert.Equal(expression, issue.Expression);
    }

    [Fact]
    public void Malformed_json_is_named_by_line_and_byte_without_quoting_it()
    {
        var issue = Read.Failure("{\n  \"resourceType\": \"Patient\",\n  \"birthDate\": secret\n}").Issues[0];
        Assert.Equal("The body is not well-formed JSON at line 3, byte 16 of the line.", issue.Diagnostics);
    }

    [Fact]
    public void Names_in_a_place_are_cut_short_and_made_harmless()
    {
        var issue = Read.Failure("{\"resourceType\":\"Patient\",\"" + new string('<', 5_000) + "\":tru}").Issues[0];
        Assert.Equal("Patient." + new string('?', 64), issue.Expression);
    }

    [Theory]
    [InlineData(new byte[] { 0x7B, 0xFF, 0x7D }, 2)]
    [InlineData(new byte[] { 0x7B, 0x22, 0xC3, 0x28, 0x22 }, 3)]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, 1)]
    [InlineData(new byte[] { 0x22, 0xE2, 0x82 }, 2)]
    public void Invalid_utf8_is_refused_with_its_byte(byte[] body, int place)
    {
        var issue = Read.Failure(body).Issues[0];
        Assert.Equal("json-invalid-utf8", issue.Code);
        Assert.Contains($"byte {place} ", issue.Diagnostics, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_levels_are_refused_at_once()
    {
        var body = "{\"resourceType\":\"Patient\",\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}";
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal("json-too-deep", Read.Failure(body).Issues[0].Code);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{watch.Elapsed}");
        Assert.Equal("json-too-deep", Read.Failure("{\"a\":" + string.Concat(Enumerable.Repeat("{\"a\":", 10_000))).Issues[0].Code);
    }

    [Fact]
    public void Every_bound_is_kept_to_the_last()
    {
        var limits = new FhirLimits { BytesMax = 200, DepthMax = 3, TokensMax = 5, MembersMax = 4 };
        using (Read.Resource("""{"resourceType":"Patient","a":[{"b":1}]}"""u8.ToArray(), limits))
        {
        }

        Assert.Equal("json-too-deep", Read.Failure("""{"resourceType":"Patient","a":[{"b":[]}]}""", limits).Issues[0].Code);
        Assert.Equal("json-too-many-tokens", Read.Failure("""{"resourceType":"Patient","a":[1,2,3,4]}""", limits).Issues[0].Code);
        Assert.Equal("json-too-many-members", Read.Failure("""{"resourceType":"Patient","a":1,"b":1,"c":1,"d":1}""", limits).Issues[0].Code);
        var tooLong = Read.Failure(new string(' ', 201), limits);
        Assert.Equal((413, "body-too-large"), (tooLong.Status, tooLong.Issues[0].Code));
    }

    [Fact]
    public void A_duplicate_is_found_among_many_members_and_equal_names_in_different_objects_are_none()
    {
        var many = string.Join(",", Enumerable.Range(0, 500).Select(i => $"\"member{i}\":{{\"member{i}\":{i}}}"));
        using (Read.Resource($"{{\"resourceType\":\"Basic\",{many}}}"))
        {
        }

        Assert.Equal("Basic.member250", Read.Failure($"{{\"resourceType\":\"Basic\",{many},\"member250\":1}}").Issues[0].Expression);
    }

    [Fact]
    public void A_disposed_resource_tells_nothing()
    {
        var resource = Read.Resource("""{"resourceType":"Patient"}""");
        resource.Dispose();
        resource.Dispose();
        Assert.Throws<ObjectDisposedException>(() => resource.Root.EnumerateObject());
    }

    [SyntheaFact]
    public void Synthea_bundles_keep_every_value()
    {
        foreach (var path in RealData.SyntheaBundles())
        {
            var body = File.ReadAllBytes(path);
            using var resource = Read.Resource(body);
            using var original = System.Text.Json.JsonDocument.Parse(body);
            Assert.True(System.Text.Json.JsonElement.DeepEquals(original.RootElement, resource.Root), path);
            Assert.Equal("Bundle", resource.Type);
            Assert.True(Encoding.UTF8.GetByteCount(Read.Text(resource)) <= body.Length);
        }
    }
}
