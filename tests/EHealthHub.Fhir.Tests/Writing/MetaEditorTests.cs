using System.Runtime.InteropServices;
using System.Text;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Tests.Writing;

public class MetaEditorTests
{
    private const string Stored = """{"resourceType":"Basic","id":"1","meta":{"versionId":"1","tag":[{"system":"urn:t","code":"a","display":"A"}],"profile":["http://p/1"]},"code":{"text":"\u0031 1.50"}}""";

    [Fact]
    public void What_is_new_is_added_once_and_every_other_byte_stays()
    {
        var changed = Apply(MetaEditor.Add, """{"tag":[{"system":"urn:t","code":"a"},{"system":"urn:t","code":"b"},{"system":"urn:t","code":"b"}],"security":[{"system":"urn:s","code":"R"}],"profile":["http://p/1","http://p/2"]}""");
        Assert.Equal(
            """{"resourceType":"Basic","id":"1","meta":{"versionId":"1","tag":[{"system":"urn:t","code":"a","display":"A"},{"system":"urn:t","code":"b"}],"profile":["http://p/1","http://p/2"],"security":[{"system":"urn:s","code":"R"}]},"code":{"text":"\u0031 1.50"}}""",
            changed);
    }

    [Fact]
    public void What_is_named_is_removed_and_an_empty_list_goes_with_it()
    {
        Assert.Equal("""{"resourceType":"Basic","id":"1","meta":{"versionId":"1"},"code":{"text":"\u0031 1.50"}}""", Apply(MetaEditor.Remove, """{"tag":[{"system":"urn:t","code":"a"}],"profile":["http://p/1"]}"""));
    }

    [Fact]
    public void What_changes_nothing_gives_the_same_bytes()
    {
        Assert.Equal(Stored, Apply(MetaEditor.Add, """{"tag":[{"system":"urn:t","code":"a"}]}"""));
        Assert.Equal(Stored, Apply(MetaEditor.Remove, """{"tag":[{"system":"urn:t","code":"x"},{"code":"a"}]}"""));
    }

    [Fact]
    public void The_answer_is_the_meta_alone() =>
        Assert.Equal("""{"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":{"versionId":"1","tag":[{"system":"urn:t","code":"a","display":"A"}],"profile":["http://p/1"]}}]}""", Encoding.UTF8.GetString(MetaEditor.Answer(Encoding.UTF8.GetBytes(Stored))));

    [Theory]
    [InlineData("""{"resourceType":"Parameters"}""")]
    [InlineData("""{"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"meta","valueString":"x"}]}""")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{}},{"name":"meta","valueMeta":{}}]}""")]
    public void Parameters_without_one_meta_are_refused(string body)
    {
        using var parameters = Read.Resource(body);
        Assert.False(MetaEditor.Read(parameters, Read.Limits).Try(out _, out var failure));
        Assert.Equal(400, failure.Status);
    }

    private static string Apply(Func<FhirResource, FhirResource, FhirLimits, Result<FhirResource>> edit, string meta)
    {
        using var stored = Read.Resource(Stored);
        using var parameters = Read.Resource($$"""{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{{meta}}}]}""");
        Assert.True(MetaEditor.Read(parameters, Read.Limits).Try(out var change, out _));
        using (change)
        {
            Assert.True(edit(stored, change, Read.Limits).Try(out var changed, out _));
            using (changed)
            {
                return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(changed.Root));
            }
        }
    }
}
