using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Tests.Terminology;

/// <summary>Supplements of code systems (R4 4.8.12), the versions that an expansion takes, and what is given along with it.</summary>
public sealed class SupplementTests
{
    private const string Turkish = """
        {"resourceType":"CodeSystem","url":"urn:animals:tr","name":"AnimalsTr","language":"tr","status":"active","content":"supplement","supplements":"SUPPLEMENTS",
        "concept":[{"code":"dog","display":"İt","designation":[{"language":"fr","value":"Chien"}],"property":[{"code":"legs","valueInteger":4},{"code":"sound","valueString":"hav"}]},{"code":"cat","display":"Kedi"},{"code":"unicorn","display":"Tek boynuz"}]}
        """;

    private const string Old = """{"resourceType":"CodeSystem","url":"urn:animals","version":"1","name":"Animals","status":"active","content":"complete","concept":[{"code":"dog","display":"Old dog"}]}""";

    [Theory]
    [InlineData("urn:animals")]
    [InlineData("urn:animals|2")]
    public void A_supplement_adds_names_and_properties_whatever_comes_first(string supplements)
    {
        var more = Turkish.Replace("SUPPLEMENTS", supplements, StringComparison.Ordinal);
        foreach (var catalog in (TerminologyCatalog[])[Terms.Of(Terms.Animals, more), Terms.Of(more, Terms.Animals)])
        {
            var values = Terms.Values(Terms.Answer(TerminologyOperations.Lookup(catalog, Terms.Query("system=urn:animals", "code=dog", "displayLanguage=fr"))));
            Assert.Contains("display=Chien", values);
            Assert.Contains("property={code=sound value=hav}", values);
            Assert.Contains("designation={language=tr value=İt}", values);
            Assert.Contains("property={code=parent value=mammal description=Mammal}", values);
            Assert.Equal("result=True", Terms.Values(Terms.Answer(TerminologyOperations.ValidateCodeSystemCode(catalog, Terms.Query("url=urn:animals", "code=cat", "display=Kedi"), "en")))[0]);
            Assert.Equal("outcome=subsumes", Terms.Values(Terms.Answer(TerminologyOperations.Subsumes(catalog, Terms.Query("system=urn:animals", "codeA=mammal", "codeB=cat"))))[0]);
        }
    }

    [Fact]
    public void A_supplement_is_no_code_system_and_goes_as_it_came()
    {
        var catalog = Terms.Of(Terms.Animals, Turkish.Replace("SUPPLEMENTS", "urn:animals", StringComparison.Ordinal));
        Assert.Equal(["urn:animals"], catalog.CodeSystems);
        Assert.Equal(404, Terms.Failure(TerminologyOperations.Lookup(catalog, Terms.Query("system=urn:animals:tr", "code=dog"))).Status);
        Assert.Equal(404, Terms.Failure(TerminologyOperations.Lookup(catalog, Terms.Query("system=urn:animals", "code=unicorn"))).Status);
        Assert.DoesNotContain(Terms.Values(Terms.Answer(TerminologyOperations.Lookup(catalog.Without("CodeSystem", "urn:animals:tr"), Terms.Query("system=urn:animals", "code=cat")))), v => v.Contains("Kedi", StringComparison.Ordinal));
        Assert.Contains("A supplement names", Terms.Refusal("""{"resourceType":"CodeSystem","url":"urn:x","status":"active","content":"supplement"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_supplement_of_another_version_adds_nothing() =>
        Assert.DoesNotContain(Terms.Values(Terms.Answer(TerminologyOperations.Lookup(Terms.Of(Terms.Animals, Turkish.Replace("SUPPLEMENTS", "urn:animals|1", StringComparison.Ordinal)), Terms.Query("system=urn:animals", "code=cat")))), v => v.Contains("Kedi", StringComparison.Ordinal));

    [Theory]
    [InlineData(7)]
    [InlineData(1, "system-version=urn:animals|1")]
    [InlineData(1, "force-system-version=urn:animals|1")]
    [InlineData(1, "check-system-version=urn:animals|1")]
    [InlineData(7, "system-version=urn:other|1")]
    public void An_expansion_takes_the_version_that_the_call_names(int count, params string[] parameters)
    {
        var catalog = Terms.Of(Old, Terms.Animals, Terms.Set("urn:all", """{"system":"urn:animals"}"""), Terms.Set("urn:second", """{"system":"urn:animals","version":"2"}"""));
        var expansion = Terms.Answer(TerminologyOperations.Expand(catalog, Terms.Query(["url=urn:all", .. parameters]), DateTimeOffset.UnixEpoch)).GetProperty("expansion");
        Assert.True(expansion.GetProperty("total").GetInt32() is var total && (count == 1 ? total == 1 : total > 5), expansion.GetRawText());
    }

    [Fact]
    public void A_version_that_a_value_set_names_yields_to_force_and_fails_the_check()
    {
        var catalog = Terms.Of(Old, Terms.Animals, Terms.Set("urn:second", """{"system":"urn:animals","version":"2"}"""));
        Assert.Equal(1, Terms.Answer(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:second", "force-system-version=urn:animals|1"), DateTimeOffset.UnixEpoch)).GetProperty("expansion").GetProperty("total").GetInt32());
        Assert.NotEqual(1, Terms.Answer(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:second", "system-version=urn:animals|1"), DateTimeOffset.UnixEpoch)).GetProperty("expansion").GetProperty("total").GetInt32());
        Assert.Equal((422, "code-system-version"), Code(Terms.Failure(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:second", "check-system-version=urn:animals|1"), DateTimeOffset.UnixEpoch))));
        Assert.Equal(404, Terms.Failure(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:second", "force-system-version=urn:animals|9"), DateTimeOffset.UnixEpoch)).Status);
        Assert.Equal((404, "code-system-unknown"), Code(Terms.Failure(TerminologyOperations.ValidateValueSetCode(catalog, Terms.Query("url=urn:second", "system=urn:animals", "code=dog", "systemVersion=9"), "en"))));
        Assert.Equal((422, "code-system-version"), Code(Terms.Failure(TerminologyOperations.ValidateValueSetCode(catalog, Terms.Query("url=urn:second", "system=urn:animals", "code=dog", "systemVersion=1"), "en"))));

        static (int, string) Code(Fhir.Outcomes.Failure failure) => (failure.Status, failure.Issues[0].Code);
    }

    [Fact]
    public void An_expansion_brings_its_definition_and_says_that_a_fragment_is_not_all()
    {
        var catalog = Terms.Of(
            """{"resourceType":"CodeSystem","url":"urn:part","status":"active","content":"fragment","concept":[{"code":"a"}]}""",
            """{"resourceType":"ValueSet","url":"urn:v","status":"active","compose":{"inactive":false,"include":[{"system":"urn:part"}],"exclude":[{"system":"urn:part","concept":[{"code":"b","display":"B"}]},{"system":"urn:part","filter":[{"property":"code","op":"regex","value":"x.*"}]}]}}""");
        var set = Terms.Answer(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:v", "includeDefinition=true"), DateTimeOffset.UnixEpoch));
        Assert.Equal("""{"inactive":false,"include":[{"system":"urn:part"}],"exclude":[{"system":"urn:part","concept":[{"code":"b","display":"B"}]},{"system":"urn:part","filter":[{"property":"code","op":"regex","value":"x.*"}]}]}""", set.GetProperty("compose").GetRawText());
        Assert.EndsWith("valueset-unclosed", set.GetProperty("expansion").GetProperty("extension")[0].GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.False(Terms.Answer(TerminologyOperations.Expand(catalog, Terms.Query("url=urn:v"), DateTimeOffset.UnixEpoch)).TryGetProperty("compose", out _));
    }

    [Theory]
    [InlineData("de", "Hund")]
    [InlineData("urn:ietf:bcp:47|de", "Hund")]
    [InlineData("urn:use|d", "Köpek")]
    [InlineData("urn:use|e", null)]
    public void Designations_are_asked_for_by_language_or_use(string asked, string? value)
    {
        var code = Terms.Answer(TerminologyOperations.Expand(Terms.Catalog, Terms.Query("url=urn:mammals", "filter=dog", "includeDesignations=true", "designation=" + asked), DateTimeOffset.UnixEpoch)).GetProperty("expansion").GetProperty("contains")[0];
        Assert.Equal(value, code.TryGetProperty("designation", out var all) ? all[0].GetProperty("value").GetString() : null);
    }

    [Fact]
    public void Properties_of_a_lookup_may_be_languages() =>
        Assert.Equal(["designation={language=de value=Hund}"], Terms.Values(Terms.Answer(TerminologyOperations.Lookup(Terms.Catalog, Terms.Query("system=urn:animals", "code=dog", "property=lang.de")))).Where(v => v.StartsWith("designation", StringComparison.Ordinal)));
}
