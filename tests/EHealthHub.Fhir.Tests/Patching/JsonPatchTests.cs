using System.Text;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Patching;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;

namespace EHealthHub.Fhir.Tests.Patching;

public class JsonPatchTests
{
    private const string Before = """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"\u00e7 \/"},"valueQuantity":{"value":0.010},"note":[{"text":"a"},{"text":"b"}]}""";

    [Theory]
    [InlineData("""[]""", Before)]
    [InlineData("""[{"op":"replace","path":"/status","value":"amended"}]""", """{"resourceType":"Observation","id":"o","status":"amended","code":{"text":"\u00e7 \/"},"valueQuantity":{"value":0.010},"note":[{"text":"a"},{"text":"b"}]}""")]
    [InlineData("""[{"op":"remove","path":"/note/0"},{"op":"add","path":"/note/-","value":{"text":"c"}},{"op":"add","path":"/note/0","value":{ "text" : "x" }}]""", """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"\u00e7 \/"},"valueQuantity":{"value":0.010},"note":[{"text":"x"},{"text":"b"},{"text":"c"}]}""")]
    [InlineData("""[{"op":"copy","from":"/note/0/text","path":"/valueQuantity/unit"},{"op":"move","from":"/note/1","path":"/note/0"}]""", """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"\u00e7 \/"},"valueQuantity":{"value":0.010,"unit":"a"},"note":[{"text":"b"},{"text":"a"}]}""")]
    [InlineData("""[{"op":"copy","from":"/note","path":"/component"},{"op":"remove","path":"/note/0"},{"op":"remove","path":"/valueQuantity"}]""", """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"\u00e7 \/"},"note":[{"text":"b"}],"component":[{"text":"a"},{"text":"b"}]}""")]
    [InlineData("""[{"op":"add","path":"/valueQuantity/value","value":1.500}]""", """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"\u00e7 \/"},"valueQuantity":{"value":1.500},"note":[{"text":"a"},{"text":"b"}]}""")]
    [InlineData("""[{"op":"replace","path":"","value":{"id":"o","resourceType":"Observation"}}]""", """{"id":"o","resourceType":"Observation"}""")]
    [InlineData("""[{"op":"replace","path":"/note/1","value":{"text":"\u00e9"}}]""", """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"\u00e7 \/"},"valueQuantity":{"value":0.010},"note":[{"text":"a"},{"text":"\u00e9"}]}""")]
    public void Operations_change_what_they_name_and_not_a_byte_more(string patch, string after) => Assert.Equal(after, Apply(Before, patch));

    [Theory]
    [InlineData("/code", """{"text":"ç /"}""")]
    [InlineData("/valueQuantity/value", "0.01")]
    [InlineData("/valueQuantity", """{"value":1e-2}""")]
    [InlineData("/note", """[{"text":"a"},{"text":"b"}]""")]
    public void A_test_holds_for_what_is_equal(string path, string value) => Assert.Equal(Before, Apply(Before, $$"""[{"op":"test","path":"{{path}}","value":{{value}}}]"""));

    [Theory]
    [InlineData("/status", "\"amended\"")]
    [InlineData("/status", "null")]
    [InlineData("/note", """[{"text":"b"},{"text":"a"}]""")]
    [InlineData("/valueQuantity/value", "\"0.010\"")]
    [InlineData("/valueQuantity/value", "1e-99999999999999999999")]
    public void A_failing_test_changes_nothing_and_names_its_operation(string path, string value)
    {
        using var resource = Read.Resource(Before);
        Refused(resource, $$"""[{"op":"add","path":"/language","value":"tr"},{"op":"test","path":"{{path}}","value":{{value}}}]""", 422, "patch-test-failed", "operation[1]");
        Assert.Equal(Before, Read.Text(resource));
    }

    [Theory]
    [InlineData("{}", 400, "patch-not-an-array", null)]
    [InlineData("", 400, "body-empty", null)]
    [InlineData("[", 400, "json-malformed", null)]
    [InlineData("3", 400, "patch-not-an-array", null)]
    [InlineData("[3]", 400, "patch-operation", "operation[0]")]
    [InlineData("""[{"op":"merge","path":"/status"}]""", 400, "patch-operation", "operation[0]")]
    [InlineData("""[{"op":"add","path":"/status"}]""", 400, "patch-operation", "operation[0]")]
    [InlineData("""[{"op":"remove"}]""", 400, "patch-path", "operation[0]")]
    [InlineData("""[{"op":"remove","path":3}]""", 400, "patch-path", "operation[0]")]
    [InlineData("""[{"op":"remove","path":"status"}]""", 400, "patch-path", "operation[0]")]
    [InlineData("""[{"op":"remove","path":"/a~2b"}]""", 400, "patch-path", "operation[0]")]
    [InlineData("""[{"op":"copy","path":"/x"}]""", 400, "patch-path", "operation[0]")]
    [InlineData("""[{"op":"remove","path":"/nothing"}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"remove","path":""}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"remove","path":"/note/2"}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"remove","path":"/note/01"}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"remove","path":"/note/-"}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"add","path":"/note/3","value":{}}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"add","path":"/status/x","value":1}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"replace","path":"/subject","value":{}}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"move","from":"/note","path":"/note/0"}]""", 422, "patch-target", "operation[0]")]
    [InlineData("""[{"op":"replace","path":"/id","value":"p"}]""", 422, "patch-identity", "Observation.id")]
    [InlineData("""[{"op":"remove","path":"/id"}]""", 422, "patch-identity", "Observation.id")]
    [InlineData("""[{"op":"replace","path":"/resourceType","value":"Patient"}]""", 422, "patch-identity", "Observation.resourceType")]
    [InlineData("""[{"op":"remove","path":"/resourceType"}]""", 422, "resource-type-missing", null)]
    [InlineData("""[{"op":"replace","path":"","value":[]}]""", 422, "json-not-an-object", null)]
    [InlineData("""[{"op":"add","path":"/a\"b","value":1}]""", 422, "json-name-escaped", "Observation.a??b")]
    [InlineData("""[{"op":"add","op":"add","path":"/x","value":1}]""", 400, "json-duplicate-member", "Resource[0].op")]
    public void A_bad_patch_is_refused_by_name(string patch, int status, string code, string? expression)
    {
        using var resource = Read.Resource(Before);
        Refused(resource, patch, status, code, expression);
        Assert.Contains(code, OutcomeTexts.Codes);
    }

    [Fact]
    public void A_copy_of_copies_of_everything_ends_early()
    {
        using var resource = Read.Resource($$"""{"resourceType":"Basic","id":"b","extension":[{"url":"u","valueString":"{{new string('x', 1_000)}}"}]}""");
        var patch = "[" + string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/extension","path":"/extension/-"}""", 60)) + "]";
        Assert.False(JsonPatch.Apply(resource, Encoding.UTF8.GetBytes(patch), Read.Limits, new PatchLimits()).Try(out _, out var failure));
        Assert.Equal((413, "body-too-large"), (failure.Status, failure.Issues[0].Code));
    }

    [Fact]
    public void What_is_moved_into_one_another_cannot_grow_too_deep()
    {
        // Each value is thirty deep and opened to its bottom; then each is moved to the bottom of the next.
        using var resource = Read.Resource(Before);
        var bottom = string.Concat(Enumerable.Repeat("/a", 30));
        var value = string.Concat(Enumerable.Repeat("{\"a\":", 30)) + "{}" + new string('}', 30);
        var add = Enumerable.Range(0, 100).SelectMany(i => (string[])[$$"""{"op":"add","path":"/x{{i}}","value":{{value}}}""", $$"""{"op":"add","path":"/x{{i}}{{bottom}}/b","value":1}"""]);
        var move = Enumerable.Range(0, 50).Select(i => $$"""{"op":"move","from":"/x{{i}}","path":"/x{{i + 1}}{{bottom}}/c"}""");
        foreach (var last in (string[])["""{"op":"test","path":"/x50","value":1}""", """{"op":"copy","from":"/x50","path":"/y"}""", """{"op":"remove","path":"/note"}"""])
        {
            Refused(resource, $"[{string.Join(',', add.Concat(move).Append(last))}]", 422, "json-too-deep", null);
        }
    }

    [Fact]
    public void Operations_and_pointers_are_bounded()
    {
        using var resource = Read.Resource(Before);
        Refused(resource, "[" + string.Join(',', Enumerable.Repeat("""{"op":"test","path":"/id","value":"o"}""", 257)) + "]", 400, "patch-too-many-operations", null);
        Refused(resource, $$"""[{"op":"remove","path":"{{string.Concat(Enumerable.Repeat("/a", 600))}}"}]""", 400, "patch-path", "operation[0]");
        Refused(resource, $$"""[{"op":"add","path":"/x","value":{{new string('[', 100)}}1{{new string(']', 100)}}}]""", 400, "json-too-deep", null);
    }

    [Fact]
    public void Mutated_patches_are_applied_or_refused_and_never_thrown()
    {
        byte[][] patches =
        [
            .. new[]
            {
                """[{"op":"add","path":"/note/-","value":{"text":"x"}},{"op":"test","path":"/valueQuantity/value","value":0.01},{"op":"copy","from":"/note/0","path":"/note/1"}]""",
                """[{"op":"move","from":"/note/1/text","path":"/code/text"},{"op":"replace","path":"/code/text","value":"~1"},{"op":"remove","path":"/valueQuantity"}]""",
            }.Select(Encoding.UTF8.GetBytes),
        ];
        var mutator = new Mutator(20261124);
        using var resource = Read.Resource(Before);
        var applied = 0;
        for (var i = 0; i < Fuzz.Cases(20_000); i++)
        {
            if (JsonPatch.Apply(resource, mutator.Mutate(patches[i % patches.Length]), Read.Limits, new PatchLimits()).Try(out var after, out var failure))
            {
                applied++;
                after.Dispose();
            }
            else
            {
                Assert.InRange(failure.Status, 400, 422);
            }
        }

        Assert.InRange(applied, 100, int.MaxValue);
        Assert.Equal(Before, Read.Text(resource));
    }

    private static string Apply(string before, string patch)
    {
        using var resource = Read.Resource(before);
        Assert.True(JsonPatch.Apply(resource, Encoding.UTF8.GetBytes(patch), Read.Limits, new PatchLimits()).Try(out var after, out var failure), failure?.Issues[0].ToString());
        using (after)
        {
            return Read.Text(after);
        }
    }

    private static void Refused(FhirResource resource, string patch, int status, string code, string? expression)
    {
        Assert.False(JsonPatch.Apply(resource, Encoding.UTF8.GetBytes(patch), Read.Limits, new PatchLimits()).Try(out _, out var failure));
        Assert.Equal((status, code), (failure.Status, failure.Issues[0].Code));
        if (code != "json-too-deep")
        {
            Assert.Equal(expression, failure.Issues[0].Expression);
        }
    }
}
