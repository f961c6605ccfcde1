using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Patching;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;

namespace EHealthHub.Fhir.Tests.Patching;

public class XmlPatchTests
{
    private const string Before = """{"resourceType":"Patient","id":"p","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">eski</div>"},"identifier":[{"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"}],"active":true,"name":[{"family":"Yılmaz","given":["Ali","Can"]}],"multipleBirthInteger":2}""";

    [Theory]
    [InlineData("""<replace sel="f:Patient/f:active/@value">false</replace>""", "\"active\":true", "\"active\":false")]
    [InlineData("""<replace sel="/f:Patient/f:name[1]/f:given[2]/@value">Cem</replace>""", "\"Can\"", "\"Cem\"")]
    [InlineData("""<replace sel="*/f:identifier[f:system/@value='urn:b']/f:value/@value">22</replace>""", "\"2\"", "\"22\"")]
    [InlineData("""<replace sel="f:Patient/f:active"><f:active value="false"/></replace>""", "\"active\":true", "\"active\":false")]
    [InlineData("""<remove sel="f:Patient/f:identifier[1]"/>""", """{"system":"urn:a","value":"1"},""", "")]
    [InlineData("""<remove sel="f:Patient/f:identifier[2]/f:system" ws="both"/>""", """{"system":"urn:b","value":"2"}""", """{"value":"2"}""")]
    [InlineData("""<add sel="f:Patient/f:active" pos="after"><f:name><f:text value="x &amp; y"/></f:name></add>""", "\"name\":[", "\"name\":[{\"text\":\"x & y\"},")]
    [InlineData("""<add sel="f:Patient/f:name/f:given[1]" pos="before"><f:given value="Baş"/></add>""", "\"Ali\"", "\"Baş\",\"Ali\"")]
    [InlineData("""<add sel="f:Patient/f:name"><f:suffix value="Dr"/></add>""", "\"Can\"]", "\"Can\"],\"suffix\":[\"Dr\"]")]
    [InlineData("""<add sel="f:Patient/f:identifier[1]" pos="prepend"><f:use value="usual"/></add>""", """{"system":"urn:a""", """{"use":"usual","system":"urn:a""")]
    [InlineData("""<add sel="f:Patient/f:identifier[1]" type="@id">i</add>""", """{"system":"urn:a""", """{"id":"i","system":"urn:a""")]
    [InlineData("""<replace sel="f:Patient/f:text/h:div[.='eski']/text()">yeni</replace>""", "eski", "yeni")]
    [InlineData("""<add sel="f:Patient/f:multipleBirthInteger" pos="after"><f:contact><f:gender value="female"/></f:contact></add>""", "\"multipleBirthInteger\":2", "\"multipleBirthInteger\":2,\"contact\":[{\"gender\":\"female\"}]")]
    [InlineData("", "", "")]
    [InlineData("""<remove sel="f:Patient/f:active"/><add sel="f:Patient/f:name" pos="before"><f:active value="true"/></add>""", "", "")]
    public void Operations_change_what_they_name(string operations, string from, string to) => Assert.Equal(from.Length == 0 ? Before : Before.Replace(from, to, StringComparison.Ordinal), Apply(Before, Diff(operations)));

    [Fact]
    public void Unprefixed_names_are_of_the_patchs_default_namespace() =>
        Assert.Contains("\"active\":false", Apply(Before, """<diff xmlns="http://hl7.org/fhir"><replace sel="Patient/active/@value">false</replace></diff>"""), StringComparison.Ordinal);

    [Fact]
    public void Numbers_keep_their_digits_and_what_changes_nothing_keeps_every_byte()
    {
        const string observation = """{"status":"final","resourceType":"Observation","id":"o","valueQuantity":{"value":0.010},"code":{"text":"\u00e7 \/"}}""";
        Assert.Equal(observation, Apply(observation, Diff("")));
        Assert.Equal("""{"resourceType":"Observation","id":"o","status":"amended","code":{"text":"ç /"},"valueQuantity":{"value":0.010}}""", Apply(observation, Diff("""<replace sel="f:Observation/f:status/@value">amended</replace>""")));
    }

    [Theory]
    [InlineData("""<replace sel="f:Patient/f:identifier/f:system/@value">x</replace>""", 422, "patch-target")]
    [InlineData("""<replace sel="f:Patient/f:gender/@value">x</replace>""", 422, "patch-target")]
    [InlineData("""<replace sel="f:Patient/f:identifier[3]"><f:identifier/></replace>""", 422, "patch-target")]
    [InlineData("""<replace sel="Patient/active/@value">x</replace>""", 422, "patch-target")]
    [InlineData("""<remove sel="f:Patient"/>""", 422, "patch-target")]
    [InlineData("""<add sel="f:Patient" pos="after"><f:Patient/></add>""", 422, "patch-target")]
    [InlineData("""<add sel="f:Patient/f:active" type="@value">false</add>""", 422, "patch-target")]
    [InlineData("""<replace sel="f:Patient/@xmlns">urn:x</replace>""", 422, "patch-target")]
    [InlineData("""<remove sel="f:Patient/@xmlns"/>""", 422, "patch-target")]
    [InlineData("""<add sel="f:Patient" type="@xmlns">urn:x</add>""", 400, "patch-value")]
    [InlineData("""<add sel="f:Patient" type="namespace::x">urn:x</add>""", 400, "patch-operation")]
    [InlineData("""<add sel="f:Patient/f:active/@value">x</add>""", 400, "patch-path")]
    [InlineData("""<add sel="f:Patient"/>""", 400, "patch-value")]
    [InlineData("""<add sel="f:Patient" pos="inside"><f:active value="true"/></add>""", 400, "patch-operation")]
    [InlineData("""<replace sel="f:Patient/f:active">false</replace>""", 400, "patch-value")]
    [InlineData("""<replace sel="f:Patient/f:active/@value"><f:x/></replace>""", 400, "patch-value")]
    [InlineData("""<remove sel="f:Patient/f:active">x</remove>""", 400, "patch-value")]
    [InlineData("""<move sel="f:Patient/f:active"/>""", 400, "patch-operation")]
    [InlineData("""<remove/>""", 400, "patch-path")]
    [InlineData("""<remove sel=""/>""", 400, "patch-path")]
    [InlineData("""<remove sel="//f:active"/>""", 400, "patch-path")]
    [InlineData("""<remove sel="x:Patient"/>""", 400, "patch-path")]
    [InlineData("""<remove sel="f:Patient/f:active[0]"/>""", 400, "patch-path")]
    [InlineData("""<remove sel="f:Patient/f:active[99999999999]"/>""", 400, "patch-path")]
    [InlineData("""<remove sel="f:Patient/f:active[last()]"/>""", 400, "patch-path")]
    [InlineData("""<remove sel="f:Patient/f:active[@value='true]"/>""", 400, "patch-path")]
    [InlineData("""<remove sel="f:Patient/f:active | f:Patient/f:name"/>""", 400, "patch-path")]
    [InlineData("""<remove sel="f:Patient/f:active/@value/x"/>""", 400, "patch-path")]
    public void What_cannot_be_done_is_named_and_nothing_is(string operation, int status, string code) =>
        Refused(Diff("""<replace sel="f:Patient/f:active/@value">false</replace>""" + operation), status, code, "operation[1]");

    [Theory]
    [InlineData("", 400, "body-empty")]
    [InlineData("<diff", 400, "xml-malformed")]
    [InlineData("<patch/>", 400, "patch-operation")]
    [InlineData("""<!DOCTYPE diff [<!ENTITY x SYSTEM "file:///etc/passwd">]><diff>&x;</diff>""", 400, "xml-dtd")]
    [InlineData("<diff>&x;</diff>", 400, "xml-malformed")]
    public void What_is_no_patch_is_refused(string patch, int status, string code) => Refused(patch, status, code, null);

    [Theory]
    [InlineData("""<add sel="f:Patient"><f:active value="true"/></add>""", "xml-order")]
    [InlineData("""<add sel="f:Patient/f:active" pos="after"><active value="true"/></add>""", "xml-namespace")]
    [InlineData("""<add sel="f:Patient/f:active" type="@colour">red</add>""", "xml-attribute")]
    [InlineData("""<replace sel="f:Patient/f:multipleBirthInteger/@value">two</replace>""", null)]
    [InlineData("""<replace sel="f:Patient/f:id/@value">another</replace>""", "patch-identity")]
    [InlineData("""<replace sel="f:Patient"><f:Group><f:id value="p"/></f:Group></replace>""", "patch-identity")]
    public void A_result_that_is_no_resource_any_more_is_refused(string operation, string? code) => Refused(Diff(operation), 422, code, null);

    [Fact]
    public void Patches_are_bounded()
    {
        Refused(Diff(string.Concat(Enumerable.Repeat("<remove sel=\"f:Patient\"/>", 257))), 400, "patch-too-many-operations", null);
        Refused(Diff($"<remove sel=\"{new string('*', 1_025)}\"/>"), 400, "patch-path", "operation[0]");
        Refused(Diff(new string(' ', XmlPatch.BytesMax)), 413, "body-too-large", null);
        Refused("<diff>" + string.Concat(Enumerable.Repeat("<a>", 100_000)), 400, "xml-too-deep", null);
        var names = string.Join(',', Enumerable.Repeat("""{"family":"x"}""", 2_000));
        using var wide = Read.Resource($$"""{"resourceType":"Patient","id":"p","name":[{{names}}]}""");
        Assert.False(XmlPatch.Apply(wide, Encoding.UTF8.GetBytes(Diff(string.Concat(Enumerable.Repeat("<replace sel=\"*/*[2000]/*[.='']/@value\">y</replace>", 200)))), Read.Limits, new PatchLimits { VisitsMax = 100_000 }).Try(out _, out var failure));
        Assert.Equal("too-costly", failure.Issues[0].Type);
    }

    [Fact]
    public void Whatever_the_patch_is_the_answer_is_a_value()
    {
        string[] parts = ["f:Patient", "f:name", "h:div", "*", "/", "//", "[1]", "[0]", "[", "]", "[@value='x']", "[f:given/@value='Ali']", "[.='eski']", "@value", "@xmlns", "text()", "'", "\"", ":", "x:y", "id('p')", " "];
        string[] contents = ["", "x", "<f:name/>", "<f:given value=\"x\"/>", "<name/>", "<f:Patient><f:id value=\"p\"/></f:Patient>", " <f:active value=\"false\"/> ", "<h:div>x</h:div>"];
        string[] more = ["", "pos=\"before\"", "pos=\"after\"", "pos=\"prepend\"", "pos=\"x\"", "type=\"@id\"", "type=\"@xmlns\"", "type=\"@x:y\"", "type=\"namespace::a\""];
        var operation =
            from verb in Gen.OneOfConst("add", "replace", "remove", "move")
            from sel in Gen.OneOfConst(parts).Array[0, 6]
            from m in Gen.OneOfConst(more)
            from content in Gen.OneOfConst(contents)
            select $"<{verb} sel=\"{string.Concat(sel).Replace("\"", "&quot;", StringComparison.Ordinal)}\" {m}>{content}</{verb}>";
        operation.Array[1, 4].Sample(
            operations =>
            {
                using var resource = Read.Resource(Before);
                if (XmlPatch.Apply(resource, Encoding.UTF8.GetBytes(Diff(string.Concat(operations))), Read.Limits, new PatchLimits()).Try(out var after, out var failure))
                {
                    Assert.Equal(("Patient", "p"), (after.Type, after.Id));
                    after.Dispose();
                }
                else
                {
                    Assert.InRange(failure.Status, 400, 422);
                }
            },
            iter: Fuzz.Cases(5_000));
    }

    private static string Diff(string operations) => $"<diff xmlns:f=\"http://hl7.org/fhir\" xmlns:h=\"http://www.w3.org/1999/xhtml\">{operations}</diff>";

    private static string Apply(string before, string patch)
    {
        using var resource = Read.Resource(before);
        Assert.True(XmlPatch.Apply(resource, Encoding.UTF8.GetBytes(patch), Read.Limits, new PatchLimits()).Try(out var after, out var failure), failure?.Issues[0].ToString());
        using (after)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(after.Root));
        }
    }

    private static void Refused(string patch, int status, string? code, string? place)
    {
        using var resource = Read.Resource(Before);
        Assert.False(XmlPatch.Apply(resource, Encoding.UTF8.GetBytes(patch), Read.Limits, new PatchLimits()).Try(out _, out var failure));
        Assert.Equal((status, code ?? failure.Issues[0].Code), (failure.Status, failure.Issues[0].Code));
        Assert.True(place is null || failure.Issues[0].Expression == place, failure.Issues[0].ToString());
    }
}
