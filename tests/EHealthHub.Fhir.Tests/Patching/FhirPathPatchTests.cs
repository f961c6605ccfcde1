using System.Text;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Patching;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;

namespace EHealthHub.Fhir.Tests.Patching;

public class FhirPathPatchTests
{
    private const string Patient =
        """{"resourceType":"Patient","id":"p","extension":[{"url":"u","valueDecimal":0.010}],"identifier":[{"system":"a","value":"1"},{"system":"b","value":"2"},{"system":"c","value":"3"},{"system":"d","value":"4"}],"name":[{"use":"official","family":"\u00c7elik","given":["A","B"],"_given":[null,{"id":"g"}]},{"use":"usual","family":"Kaya"}],"birthDate":"1984-02-29","_birthDate":{"extension":[{"url":"t","valueDateTime":"1984-02-29T10:00:00Z"}]},"deceasedBoolean":false,"multipleBirthInteger":2,"contact":[{"name":{"text":"x"}}]}""";

    public static TheoryData<string, string, string, string> Good => new()
    {
        // add
        { Op("add", "Patient", "name", "gender", "valueCode", "\"male\""), "\"contact\":[{\"name\":{\"text\":\"x\"}}]}", "\"contact\":[{\"name\":{\"text\":\"x\"}}],\"gender\":\"male\"}", "a new element" },
        { Op("add", "Patient.contact[0]", "name", "gender", "valueCode", "\"male\""), "{\"name\":{\"text\":\"x\"}}", "{\"name\":{\"text\":\"x\"},\"gender\":\"male\"}", "inside another" },
        { Op("add", "Patient", "name", "identifier", "valueIdentifier", "{\"value\":\"5\"}"), "{\"system\":\"d\",\"value\":\"4\"}]", "{\"system\":\"d\",\"value\":\"4\"},{\"value\":\"5\"}]", "to the end of a list" },
        { Op("add", "Patient.name[0]", "name", "given", "valueString", "\"C\""), "\"given\":[\"A\",\"B\"],\"_given\":[null,{\"id\":\"g\"}]", "\"given\":[\"A\",\"B\",\"C\"],\"_given\":[null,{\"id\":\"g\"},null]", "to a list of primitives" },
        { Op("add", "Patient.birthDate", "name", "extension", "valueExtension", "{\"url\":\"z\"}"), "10:00:00Z\"}]}", "10:00:00Z\"},{\"url\":\"z\"}]}", "an extension of a primitive" },
        { Op("add", "Patient.multipleBirth", "name", "extension", "valueExtension", "{\"url\":\"z\"}"), "\"contact\":[{\"name\":{\"text\":\"x\"}}]}", "\"contact\":[{\"name\":{\"text\":\"x\"}}],\"_multipleBirthInteger\":{\"extension\":[{\"url\":\"z\"}]}}", "the first extension of a primitive" },
        { Parts("add", "Patient", """{"name":"name","valueString":"contact"},{"name":"value","part":[{"name":"gender","valueCode":"female"},{"name":"name","valueHumanName":{"text":"y"}},{"name":"telecom","valueContactPoint":{"value":"1"}},{"name":"telecom","valueContactPoint":{"value":"2"}}]}"""), "{\"name\":{\"text\":\"x\"}}]", "{\"name\":{\"text\":\"x\"}},{\"gender\":\"female\",\"name\":{\"text\":\"y\"},\"telecom\":[{\"value\":\"1\"},{\"value\":\"2\"}]}]", "a type without a name" },

        // insert
        { Op("insert", "Patient.identifier", "index", 2, "valueIdentifier", "{\"value\":\"5\"}"), "{\"system\":\"c\"", "{\"value\":\"5\"},{\"system\":\"c\"", "in the middle" },
        { Op("insert", "Patient.identifier", "index", 4, "valueIdentifier", "{\"value\":\"5\"}"), "\"value\":\"4\"}", "\"value\":\"4\"},{\"value\":\"5\"}", "at the end" },
        { Op("insert", "Patient.telecom", "index", 0, "valueContactPoint", "{\"value\":\"5\"}"), "\"contact\":[{\"name\":{\"text\":\"x\"}}]}", "\"contact\":[{\"name\":{\"text\":\"x\"}}],\"telecom\":[{\"value\":\"5\"}]}", "into an empty list" },
        { Op("insert", "Patient.name.where(use='official').given", "index", 0, "valueString", "\"Z\""), "\"given\":[\"A\",\"B\"],\"_given\":[null,{\"id\":\"g\"}]", "\"given\":[\"Z\",\"A\",\"B\"],\"_given\":[null,null,{\"id\":\"g\"}]", "among primitives" },

        // delete
        { Op("delete", "Patient.birthDate"), "\"birthDate\":\"1984-02-29\",\"_birthDate\":{\"extension\":[{\"url\":\"t\",\"valueDateTime\":\"1984-02-29T10:00:00Z\"}]},", "", "a primitive with its extensions" },
        { Op("delete", "Patient.name[0].given[1]"), "\"given\":[\"A\",\"B\"],\"_given\":[null,{\"id\":\"g\"}]", "\"given\":[\"A\"]", "an item of a list" },
        { Op("delete", "Patient.contact[0]"), ",\"contact\":[{\"name\":{\"text\":\"x\"}}]", "", "the last item of a list" },
        { Op("delete", "Patient.identifier.where(system = 'b' and value = '2')"), "{\"system\":\"b\",\"value\":\"2\"},", "", "by an equation" },
        { Op("delete", "Patient.birthDate.extension('t')"), ",\"_birthDate\":{\"extension\":[{\"url\":\"t\",\"valueDateTime\":\"1984-02-29T10:00:00Z\"}]}", "", "an extension of a primitive" },
        { Op("delete", "Patient.deceased.ofType(boolean)"), "\"deceasedBoolean\":false,", "", "a choice" },
        { Op("delete", "Patient.deceased.ofType(dateTime)"), "x", "x", "nothing" },
        { Op("delete", "Patient.photo"), "x", "x", "nothing" },
        { Op("delete", "Patient.identifier[9]"), "x", "x", "nothing" },

        // replace
        { Op("replace", "Patient.birthDate", "valueDate", "\"1985-01-01\""), "\"birthDate\":\"1984-02-29\",\"_birthDate\":{\"extension\":[{\"url\":\"t\",\"valueDateTime\":\"1984-02-29T10:00:00Z\"}]}", "\"birthDate\":\"1985-01-01\"", "a primitive with its extensions" },
        { Op("replace", "name.last().family", "valueString", "\"Öz\""), "\"Kaya\"", "\"Öz\"", "without the type at the beginning" },
        { Op("replace", "Patient.extension('u').value", "valueDecimal", "0.0100"), "\"valueDecimal\":0.010", "\"valueDecimal\":0.0100", "a decimal" },
        { Op("replace", "Patient.deceased", "valueDateTime", "\"2026\""), "\"deceasedBoolean\":false,\"multipleBirthInteger\":2,\"contact\":[{\"name\":{\"text\":\"x\"}}]", "\"multipleBirthInteger\":2,\"contact\":[{\"name\":{\"text\":\"x\"}}],\"deceasedDateTime\":\"2026\"", "a choice by another type" },
        { Op("replace", "Patient.identifier.first()", "valueIdentifier", "{\"value\":\"9\"}"), "{\"system\":\"a\",\"value\":\"1\"}", "{\"value\":\"9\"}", "an item" },
        { Op("replace", "Patient.name[0].given.where($this = 'B')", "valueString", "\"C\""), "\"given\":[\"A\",\"B\"],\"_given\":[null,{\"id\":\"g\"}]", "\"given\":[\"A\",\"C\"]", "a primitive by its own value" },
        { Op("replace", "Patient.name.where(family='\\u00c7elik').use", "valueCode", "\"old\""), "\"use\":\"official\"", "\"use\":\"old\"", "by an escaped string" },
        { Parts("replace", "Patient.contact[0]", """{"name":"value","part":[{"name":"gender","valueCode":"male"}]}"""), "{\"name\":{\"text\":\"x\"}}", "{\"gender\":\"male\"}", "a type without a name" },

        // move
        { Op("move", "Patient.identifier", 3, 1), "{\"system\":\"b\",\"value\":\"2\"},{\"system\":\"c\",\"value\":\"3\"},{\"system\":\"d\",\"value\":\"4\"}", "{\"system\":\"d\",\"value\":\"4\"},{\"system\":\"b\",\"value\":\"2\"},{\"system\":\"c\",\"value\":\"3\"}", "forward" },
        { Op("move", "Patient.identifier", 0, 3), "{\"system\":\"a\",\"value\":\"1\"},{\"system\":\"b\",\"value\":\"2\"},{\"system\":\"c\",\"value\":\"3\"},{\"system\":\"d\",\"value\":\"4\"}", "{\"system\":\"b\",\"value\":\"2\"},{\"system\":\"c\",\"value\":\"3\"},{\"system\":\"d\",\"value\":\"4\"},{\"system\":\"a\",\"value\":\"1\"}", "back" },
        { Op("move", "Patient.name[0].given", 1, 0), "\"given\":[\"A\",\"B\"],\"_given\":[null,{\"id\":\"g\"}]", "\"given\":[\"B\",\"A\"],\"_given\":[{\"id\":\"g\"},null]", "with ids" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void An_operation_changes_what_it_names_and_not_a_byte_more(string operations, string from, string to, string what)
    {
        _ = what;
        Assert.Equal(Patient.Replace(from, to, StringComparison.Ordinal), Apply(operations));
    }

    [Fact]
    public void Operations_see_what_those_before_them_did() => Assert.Contains(
        "\"telecom\":[{\"value\":\"2\"},{\"value\":\"1\",\"rank\":1}]",
        Apply(string.Join(',', Op("add", "Patient", "name", "telecom", "valueContactPoint", "{\"value\":\"1\"}"), Op("insert", "Patient.telecom", "index", 0, "valueContactPoint", "{\"value\":\"2\"}"), Op("add", "Patient.telecom[1]", "name", "rank", "valuePositiveInt", "1"))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"name":"x"}""", 400, "patch-operation")]
    [InlineData("""{"name":"operation"}""", 400, "patch-operation")]
    [InlineData("""{"name":"operation","part":[3,null,{},{"name":"type","valueCode":"merge"}]}""", 400, "patch-operation")]
    [InlineData("""{"name":"operation","part":[{"name":"type","valueCode":"delete"}]}""", 400, "patch-path")]
    public void A_parameter_that_is_no_operation_is_400(string parameter, int status, string code) => Refused(parameter, status, code);

    [Theory]
    [InlineData("Patient..name")]
    [InlineData("Patient.name[")]
    [InlineData("Patient.name[-1]")]
    [InlineData("Patient.name[99999999999]")]
    [InlineData("Patient.name.repeat(children())")]
    [InlineData("Patient.descendants()")]
    [InlineData("Patient.name.where(given.where($this='a') = 'b')")]
    [InlineData("Patient.name.where(use")]
    [InlineData("Patient.name.where(use ~ 'a')")]
    [InlineData("Patient.name.where(use = 'a)")]
    [InlineData("Patient.name.where(use = x)")]
    [InlineData("Patient.name | Patient.contact")]
    [InlineData("Patient.name.first(")]
    [InlineData("")]
    [InlineData("1")]
    public void A_path_beyond_names_is_400(string path) => Refused(Op("delete", path), 400, "patch-path");

    public static TheoryData<string, string> Unfit => new()
    {
        { Op("delete", "Patient.nothing"), "patch-target" },
        { Op("delete", "Patient.birthDate.value"), "patch-target" },
        { Op("delete", "Patient.identifier"), "patch-target" },
        { Op("delete", "Patient"), "patch-target" },
        { Op("replace", "Patient.gender", "valueCode", "\"male\""), "patch-target" },
        { Op("replace", "Patient.identifier", "valueIdentifier", "{\"value\":\"1\"}"), "patch-target" },
        { Op("replace", "Patient.identifier[0]", "valueString", "\"1\""), "patch-value" },
        { Op("replace", "Patient.birthDate", "valuePeriod", "{\"start\":\"2026\"}"), "patch-value" },
        { Op("replace", "Patient.deceased", "valueString", "\"1\""), "patch-value" },
        { Op("replace", "Patient.birthDate"), "patch-value" },
        { Op("add", "Patient", "name", "birthDate", "valueDate", "\"2026\""), "patch-target" },
        { Op("add", "Patient", "name", "deceased", "valueDateTime", "\"2026\""), "patch-target" },
        { Op("add", "Patient", "name", "nothing", "valueDateTime", "\"2026\""), "patch-value" },
        { Op("add", "Patient.photo", "name", "title", "valueString", "\"2026\""), "patch-target" },
        { Op("add", "Patient.name", "name", "text", "valueString", "\"2026\""), "patch-target" },
        { Op("add", "Patient.id", "name", "extension", "valueExtension", "{\"url\":\"z\"}"), "patch-value" },
        { Op("insert", "Patient.identifier", "index", 5, "valueIdentifier", "{\"value\":\"5\"}"), "patch-target" },
        { Op("insert", "Patient.birthDate", "index", 0, "valueDate", "\"2026\""), "patch-value" },
        { Op("insert", "Patient.identifier[0]", "index", 0, "valueIdentifier", "{\"value\":\"5\"}"), "patch-target" },
        { Op("move", "Patient.identifier", 4, 0), "patch-target" },
        { Op("move", "Patient.identifier", 0, 4), "patch-target" },
        { Op("move", "Patient.telecom", 0, 0), "patch-target" },
        { Op("move", "Patient.birthDate", 0, 0), "patch-target" },
        { Parts("add", "Patient", """{"name":"name","valueString":"contact"},{"name":"value","part":[{"name":"gender","valueCode":"female"},{"name":"gender","valueCode":"male"}]}"""), "patch-value" },
        { Parts("add", "Patient", """{"name":"name","valueString":"contact"},{"name":"value","part":[]}"""), "patch-value" },
        { Op("replace", "Patient.id", "valueId", "\"q\""), "patch-identity" },
        { Op("delete", "Patient.id"), "patch-identity" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void What_does_not_fit_the_resource_is_422(string operation, string code) => Refused(operation, 422, code);

    [Fact]
    public void Operations_paths_and_selections_are_bounded()
    {
        Refused(string.Join(',', Enumerable.Repeat(Op("delete", "Patient.photo"), 257)), 400, "patch-too-many-operations");
        Refused(Op("delete", "Patient" + string.Concat(Enumerable.Repeat(".name", 300))), 400, "patch-path");
        Refused(Op("delete", "Patient" + string.Concat(Enumerable.Repeat(".extension", 80))), 400, "patch-path");
        using var many = Read.Resource($$"""{"resourceType":"Patient","id":"p","identifier":[{{string.Join(',', Enumerable.Range(0, 10_001).Select(i => $"{{\"value\":\"{i}\"}}"))}}]}""");
        using var patch = Read.Resource($$"""{"resourceType":"Parameters","parameter":[{{Op("delete", "Patient.identifier.where(value='1')")}}]}""");
        Assert.False(FhirPathPatch.Apply(many, patch, Read.Limits, new PatchLimits()).Try(out _, out var failure));
        Assert.Equal((422, "patch-target"), (failure.Status, failure.Issues[0].Code));
        using var fewer = Read.Resource($$"""{"resourceType":"Patient","id":"p","identifier":[{{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"{{\"value\":\"{i}\"}}"))}}]}""");
        using var long_ = Read.Resource($$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', Enumerable.Repeat(Op("delete", "Patient.identifier.where(value='1')"), 50))}}]}""");
        Assert.True(FhirPathPatch.Apply(fewer, long_, Read.Limits, new PatchLimits()).Try(out var after, out failure), failure?.Issues[0].ToString());
        after!.Dispose();
        using var moves = Read.Resource($$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', Enumerable.Repeat(Op("move", "Patient.identifier", 0, 9), 256))}}]}""");
        Assert.False(FhirPathPatch.Apply(fewer, moves, Read.Limits, new PatchLimits()).Try(out _, out failure));
        Assert.Equal((422, "patch-target"), (failure.Status, failure.Issues[0].Code));
        var and = string.Join(" and ", Enumerable.Repeat("value='1'", 60));
        using var bomb = Read.Resource($$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', Enumerable.Repeat(Op("delete", $"Patient.identifier.where({and}).where(value='x')"), 250))}}]}""");
        Assert.False(FhirPathPatch.Apply(fewer, bomb, Read.Limits, new PatchLimits { VisitsMax = 100_000 }).Try(out _, out failure));
        Assert.Equal((422, "patch-target"), (failure.Status, failure.Issues[0].Code));
    }

    [Fact]
    public void A_body_that_is_no_parameters_is_400()
    {
        using var patient = Read.Resource(Patient);
        Assert.False(FhirPathPatch.Apply(patient, patient, Read.Limits, new PatchLimits()).Try(out _, out var failure));
        Assert.Equal((400, "patch-operation"), (failure.Status, failure.Issues[0].Code));
    }

    [Fact]
    public void Mutated_patches_are_applied_or_refused_and_never_thrown()
    {
        var patches = Good.Select(row => Encoding.UTF8.GetBytes($$"""{"resourceType":"Parameters","parameter":[{{(string)row[0]!}}]}""")).ToList();
        var bytes = new Mutator(20261124);
        var structure = new JsonMutator(20261124);
        using var resource = Read.Resource(Patient);
        var (applied, tried) = (0, 0);
        for (var i = 0; i < Fuzz.Cases(20_000); i++)
        {
            var body = patches[i % patches.Count];
            body = i % 2 == 0 ? bytes.Mutate(body) : Encoding.UTF8.GetBytes(structure.Mutate(Encoding.UTF8.GetString(body)));
            if (!FhirReader.Read(body, Read.Limits).Try(out var patch, out _))
            {
                continue;
            }

            tried++;
            using (patch)
            {
                if (FhirPathPatch.Apply(resource, patch, Read.Limits, new PatchLimits()).Try(out var after, out var failure))
                {
                    applied++;
                    after.Dispose();
                }
                else
                {
                    Assert.InRange(failure.Status, 400, 422);
                    Assert.All(failure.Issues, i => Assert.Contains(i.Code, OutcomeTexts.Codes));
                }
            }
        }

        Assert.InRange(applied, tried / 50, tried);
        Assert.Equal(Patient, Read.Text(resource));
    }

    private static string Op(string type, string path) => Parts(type, path, null);

    private static string Op(string type, string path, string valueType, string value) => Parts(type, path, $$"""{"name":"value","{{valueType}}":{{value}}}""");

    private static string Op(string type, string path, string part, string name, string valueType, string value) =>
        Parts(type, path, $$"""{"name":"{{part}}","valueString":"{{name}}"},{"name":"value","{{valueType}}":{{value}}}""");

    private static string Op(string type, string path, string part, int index, string valueType, string value) =>
        Parts(type, path, $$"""{"name":"{{part}}","valueInteger":{{index}}},{"name":"value","{{valueType}}":{{value}}}""");

    private static string Op(string type, string path, int source, int destination) =>
        Parts(type, path, $$"""{"name":"source","valueInteger":{{source}}},{"name":"destination","valueInteger":{{destination}}}""");

    private static string Parts(string type, string path, string? parts) =>
        $$"""{"name":"operation","part":[{"name":"type","valueCode":"{{type}}"},{"name":"path","valueString":"{{path.Replace("\\", "\\\\", StringComparison.Ordinal)}}"}{{(parts is null ? "" : "," + parts)}}]}""";

    private static string Apply(string operations)
    {
        using var resource = Read.Resource(Patient);
        using var patch = Read.Resource($$"""{"resourceType":"Parameters","parameter":[{{operations}}]}""");
        Assert.True(FhirPathPatch.Apply(resource, patch, Read.Limits, new PatchLimits()).Try(out var after, out var failure), failure?.Issues[0].ToString());
        using (after)
        {
            return Read.Text(after!);
        }
    }

    private static void Refused(string operations, int status, string code)
    {
        using var resource = Read.Resource(Patient);
        using var patch = Read.Resource($$"""{"resourceType":"Parameters","parameter":[{{operations}}]}""");
        var ok = FhirPathPatch.Apply(resource, patch, Read.Limits, new PatchLimits()).Try(out var after, out var failure);
        Assert.False(ok, ok ? Read.Text(after!) : null);
        Assert.Equal((status, code), (failure!.Status, failure.Issues[0].Code));
        Assert.Contains(code, OutcomeTexts.Codes);
    }
}
