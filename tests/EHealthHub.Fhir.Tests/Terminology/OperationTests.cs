using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Tests.Terminology;

/// <summary>$lookup, $subsumes, $validate-code and $translate.</summary>
public sealed class OperationTests
{
    [Fact]
    public void A_code_is_looked_up_with_all_about_it() => Assert.Equal(
        [
            "name=Animals", "version=2", "display=Dog", "designation={language=tr-TR use=d value=Köpek}", "designation={language=de value=Hund}", "property={code=definition value=Barks.}", "property={code=parent value=mammal description=Mammal}",
            "property={code=legs value=4}", "property={code=tame value=True}", "property={code=eats value=meat}",
        ],
        Terms.Values(Terms.Answer(TerminologyOperations.Lookup(Terms.Catalog, Terms.Query("system=urn:animals", "code=dog")))));

    [Fact]
    public void Only_the_properties_asked_for_are_given()
    {
        Assert.Equal(["name=Animals", "version=2", "display=Cat", "property={code=parent value=mammal description=Mammal}", "property={code=parent value=pet description=İyi dost}"], Terms.Values(Terms.Answer(TerminologyOperations.Lookup(Terms.Catalog, Terms.Query("system=urn:animals|2", "code=cat", "property=parent")))));
        Assert.Equal(["name=Animals", "version=2", "display=Köpek"], Terms.Values(Terms.Answer(TerminologyOperations.Lookup(Terms.Catalog, Terms.Body("""{"name":"coding","valueCoding":{"system":"urn:animals","code":"dog"}},{"name":"property","valueCode":"none"},{"name":"displayLanguage","valueCode":"tr"}""")))));
        Assert.Contains("property={code=child value=dodo description=Dodo}", Terms.Values(Terms.Answer(TerminologyOperations.Lookup(Terms.Catalog, Terms.Query("system=urn:animals", "code=bird")))));
    }

    [Theory]
    [InlineData("animal", "cat", "subsumes")]
    [InlineData("cat", "pet", "subsumed-by")]
    [InlineData("dog", "dog", "equivalent")]
    [InlineData("dog", "bird", "not-subsumed")]
    public void Kinds_are_told(string a, string b, string outcome) =>
        Assert.Equal(["outcome=" + outcome], Terms.Values(Terms.Answer(TerminologyOperations.Subsumes(Terms.Catalog, Terms.Query("system=urn:animals", "codeA=" + a, "codeB=" + b)))));

    [Theory]
    [InlineData("system=urn:nowhere&codeA=a&codeB=b", 404, "code-system-unknown")]
    [InlineData("system=urn:animals&codeA=a&codeB=dog", 404, "code-unknown")]
    [InlineData("system=urn:animals&version=9&codeA=dog&codeB=dog", 404, "code-system-unknown")]
    [InlineData("codeA=dog&codeB=dog", 400, "parameter-invalid")]
    [InlineData("system=urn:animals&codeA=dog", 400, "parameter-invalid")]
    public void A_question_about_what_is_not_held_is_refused(string query, int status, string code)
    {
        var failure = Terms.Failure(TerminologyOperations.Subsumes(Terms.Catalog, Terms.Query(query.Split('&'))));
        Assert.Equal((status, code), (failure.Status, failure.Issues[0].Code));
    }

    [Fact]
    public void A_hierarchy_of_parts_is_not_one_of_kinds()
    {
        var catalog = Terms.Of(Terms.Animals.Replace("\"content\"", "\"hierarchyMeaning\":\"part-of\",\"content\"", StringComparison.Ordinal), Terms.Set("urn:f", Terms.Filter("concept", "is-a", "bird")));
        Assert.Equal("hierarchy-other", Terms.Failure(TerminologyOperations.Subsumes(catalog, Terms.Query("system=urn:animals", "codeA=dog", "codeB=cat"))).Issues[0].Code);
        Assert.False(catalog.Decides("urn:f"));
        Assert.False(CodeSet.Below(catalog, "urn:animals", "bird").Try(out _, out _));
    }

    [Theory]
    [InlineData("url=urn:animals&code=dog&display=dog", "result=True display=Dog code=dog system=urn:animals")]
    [InlineData("url=urn:animals&code=dog&display=Köpek&displayLanguage=tr", "result=True display=Köpek code=dog system=urn:animals")]
    [InlineData("url=urn:animals&code=dog&display=Cat", "result=False message=The code is known, but the display is none of its names. display=Dog code=dog system=urn:animals")]
    [InlineData("url=urn:animals&code=unicorn", "result=False message=The code is not in urn:animals. code=unicorn system=urn:animals")]
    public void A_code_of_a_system_is_judged(string query, string answer) =>
        Assert.Equal(answer, string.Join(' ', Terms.Values(Terms.Answer(TerminologyOperations.ValidateCodeSystemCode(Terms.Catalog, Terms.Query(query.Split('&')))))));

    [Theory]
    [InlineData("url=urn:mammals&system=urn:animals&code=cat", "result=True")]
    [InlineData("url=urn:mammals&code=cat", "result=True")]
    [InlineData("url=urn:mammals&system=urn:animals&code=bird", "result=False")]
    [InlineData("url=urn:mammals&system=urn:other&code=cat", "result=False")]
    [InlineData("url=urn:listed&system=urn:animals&code=dog&display=Doggy", "result=True")]
    [InlineData("url=urn:animals:all&system=urn:animals&code=animal&abstract=false", "result=False")]
    public void A_code_of_a_value_set_is_judged(string query, string result) =>
        Assert.Equal(result, Terms.Values(Terms.Answer(TerminologyOperations.ValidateValueSetCode(Terms.Catalog, Terms.Query(query.Split('&')))))[0]);

    [Fact]
    public void One_coding_of_a_concept_is_enough()
    {
        var input = Terms.Body("""{"name":"url","valueUri":"urn:mammals"},{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"system":"urn:animals","code":"bird"},{"system":"urn:animals","code":"dog"}]}}""");
        Assert.Equal(["result=True", "display=Dog", "code=dog", "system=urn:animals"], Terms.Values(Terms.Answer(TerminologyOperations.ValidateValueSetCode(Terms.Catalog, input))));
        Assert.Contains("message=Kod, değer kümesinde yok.", Terms.Values(Terms.Answer(TerminologyOperations.ValidateValueSetCode(Terms.Catalog, Terms.Query("url=urn:mammals", "code=bird"), "tr"))));
    }

    [Fact]
    public void What_is_not_held_is_not_judged()
    {
        Assert.Equal("code-undecided", Terms.Failure(TerminologyOperations.ValidateValueSetCode(Terms.Catalog, Terms.Query("url=urn:of-stub", "system=urn:stub", "code=a"))).Issues[0].Code);
        Assert.Equal("code-undecided", Terms.Failure(TerminologyOperations.ValidateCodeSystemCode(Terms.Catalog, Terms.Query("url=urn:stub", "code=a"))).Issues[0].Code);
        Assert.Equal(400, Terms.Failure(TerminologyOperations.ValidateCodeSystemCode(Terms.Catalog, Terms.Query("url=urn:stub"))).Status);
        Assert.Equal(404, Terms.Failure(TerminologyOperations.ValidateValueSetCode(Terms.Catalog, Terms.Query("url=urn:nowhere", "code=a"))).Status);
    }

    [Theory]
    [InlineData("url=urn:map&system=urn:animals&code=dog", "result=True match={equivalence=equivalent concept=bark source=urn:map}")]
    [InlineData("url=urn:map&system=urn:animals&code=whale", "result=False message=No code matches. match={equivalence=unmatched source=urn:map}")]
    [InlineData("url=urn:map&system=urn:animals&code=cat", "result=True match={equivalence=wider concept=miaow source=urn:map:other}")]
    [InlineData("url=urn:map&system=urn:animals&code=bird", "result=False message=No code matches.")]
    [InlineData("url=urn:map&system=urn:sounds&code=growl&reverse=true", "result=True match={equivalence=wider concept=dog source=urn:map}")]
    [InlineData("source=urn:animals:all&targetsystem=urn:sounds&system=urn:animals&code=dog", "result=True match={equivalence=equivalent concept=bark source=urn:map}")]
    [InlineData("url=urn:map&targetsystem=urn:other&system=urn:animals&code=dog", "result=False message=No code matches.")]
    public void A_code_is_translated(string query, string answer) =>
        Assert.Equal(answer, string.Join(' ', Terms.Values(Terms.Answer(TerminologyOperations.Translate(Terms.Catalog, Terms.Query(query.Split('&')))))));

    [Theory]
    [InlineData("provided", "match={equivalence=equal concept=bird source=urn:map}")]
    [InlineData("fixed", "match={equivalence=wider concept=noise source=urn:map}")]
    public void What_is_not_mapped_goes_as_the_map_says(string mode, string match)
    {
        var input = Terms.Query("system=urn:animals", "code=bird").With("conceptMap", Read.Resource(Terms.Map.Replace("MODE", mode, StringComparison.Ordinal)).Root);
        Assert.Equal(match, Terms.Values(Terms.Answer(TerminologyOperations.Translate(Terms.Catalog, input)))[1]);
    }

    [Fact]
    public void A_mapping_that_depends_on_something_needs_it()
    {
        const string Coding = """{"name":"url","valueUri":"urn:map"},{"name":"coding","valueCoding":{"system":"urn:animals","code":"dog"}}""";
        var input = Terms.Body(Coding + """,{"name":"dependency","part":[{"name":"element","valueUri":"urn:mood"},{"name":"concept","valueCodeableConcept":{"coding":[{"code":"angry"}]}}]}""");
        Assert.Equal(["result=True", "match={equivalence=equivalent concept=bark source=urn:map}", "match={equivalence=narrower concept=growl product={element=urn:p concept=v} source=urn:map}"], Terms.Values(Terms.Answer(TerminologyOperations.Translate(Terms.Catalog, input))));
        Assert.Equal(2, Terms.Values(Terms.Answer(TerminologyOperations.Translate(Terms.Catalog, Terms.Body(Coding)))).Length);
    }

    [Fact]
    public void A_translation_needs_a_map_and_a_code()
    {
        Assert.Equal(404, Terms.Failure(TerminologyOperations.Translate(Terms.Catalog, Terms.Query("url=urn:nowhere", "code=a"))).Status);
        Assert.Equal(400, Terms.Failure(TerminologyOperations.Translate(Terms.Catalog, Terms.Query("url=urn:map"))).Status);
        Assert.Equal(400, Terms.Failure(TerminologyOperations.Translate(Terms.Catalog, Terms.Query("code=a"))).Status);
    }

    [Fact]
    public void Input_is_bounded_and_understood()
    {
        Assert.False(OperationInput.OfQuery(Enumerable.Range(0, 201).Select(i => KeyValuePair.Create("code", "x"))).Try(out _, out var failure));
        Assert.Equal(400, failure!.Status);
        Assert.False(OperationInput.OfParameters(Read.Resource("""{"resourceType":"Patient"}""")).Try(out _, out failure));
        Assert.Equal("parameter-invalid", failure!.Issues[0].Code);
        Assert.Null(Terms.Query("_format=json").Text("_format"));
    }
}
