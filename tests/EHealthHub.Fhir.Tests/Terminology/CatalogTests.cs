using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Tests.Terminology;

/// <summary>What a catalogue takes, holds, gives for searches, and refuses.</summary>
public sealed class CatalogTests
{
    [Theory]
    [InlineData("""{"resourceType":"CodeSystem","url":"urn:x","status":"active","content":"supplement"}""", "A supplement names")]
    [InlineData("""{"resourceType":"CodeSystem","status":"active","content":"complete"}""", "canonical URL")]
    [InlineData("""{"resourceType":"CodeSystem","url":"urn:x","status":"active","content":"complete","concept":[{"code":"a"},{"code":"b","concept":[{"code":"a"}]}]}""", "there twice")]
    [InlineData("""{"resourceType":"CodeSystem","url":"urn:x","status":"active","content":"complete","concept":[{"code":"a","property":[{"code":"parent","valueCode":"b"}]},{"code":"b","property":[{"code":"parent","valueCode":"a"}]}]}""", "above itself")]
    [InlineData("""{"resourceType":"ValueSet","url":"urn:x","status":"active"}""", "a definition")]
    [InlineData("""{"resourceType":"ValueSet","status":"active","compose":{"include":[{"system":"urn:x"}]}}""", "canonical URL")]
    [InlineData("""{"resourceType":"ValueSet","url":"urn:x","status":"active","compose":{"include":[{"system":"urn:x","filter":[{"property":"a","op":"regex","value":"(a)\\1"}]}]}}""", "regular expression")]
    [InlineData("""{"resourceType":"ValueSet","url":"urn:x","status":"active","compose":{"include":[{"system":"urn:x","filter":[{"property":"a","op":"is-a","value":"b"}]}]}}""", "for the property 'concept'")]
    [InlineData("""{"resourceType":"ValueSet","url":"urn:x","status":"active","compose":{"include":[{"system":"urn:x","filter":[{"property":"a","op":"like","value":"b"}]}]}}""", "not in the required value set")]
    [InlineData("""{"resourceType":"ValueSet","url":"urn:x","status":"active","expansion":{"timestamp":"2026","total":2,"contains":[{"system":"urn:x","code":"a"}]}}""", "one page")]
    [InlineData("""{"resourceType":"ConceptMap","status":"active"}""", "canonical URL")]
    [InlineData("""{"resourceType":"Patient"}""", "is expected")]
    public void What_could_not_be_answered_from_is_not_taken(string json, string refusal) => Assert.Contains(refusal, Terms.Refusal(json), StringComparison.Ordinal);

    [Fact]
    public void The_newest_version_answers_and_others_by_name()
    {
        var catalog = Terms.Of(System("1", "a"), System("2", "b"), Terms.Set("urn:any", """{"system":"urn:x"}"""), Terms.Set("urn:first", """{"system":"urn:x","version":"1"}"""), Terms.Set("urn:third", """{"system":"urn:x","version":"3"}"""));
        Assert.Equal((CodeMembership.Yes, CodeMembership.No), (catalog.Contains("urn:any", "urn:x", "b"), catalog.Contains("urn:any", "urn:x", "a")));
        Assert.Equal((CodeMembership.No, CodeMembership.Yes), (catalog.Contains("urn:first", "urn:x", "b"), catalog.Contains("urn:first", "urn:x", "a")));
        Assert.Equal(CodeMembership.Unknown, catalog.Contains("urn:third", "urn:x", "a"));
        Assert.Equal(CodeMembership.No, catalog.Without("CodeSystem", "urn:x", "2").Contains("urn:any", "urn:x", "b"));
        Assert.Equal(CodeMembership.Unknown, catalog.Without("CodeSystem", "urn:x").Contains("urn:any", "urn:x", "a"));
        Assert.Equal(CodeMembership.Unknown, catalog.Without("ValueSet", "urn:any").Contains("urn:any", "urn:x", "a"));

        static string System(string version, string code) => $$$"""{"resourceType":"CodeSystem","url":"urn:x","version":"{{{version}}}","status":"active","content":"complete","concept":[{"code":"{{{code}}}"}]}""";
    }

    [Fact]
    public void Case_matters_unless_the_system_says_not()
    {
        var catalog = Terms.Of("""{"resourceType":"CodeSystem","url":"urn:x","status":"active","content":"complete","caseSensitive":false,"concept":[{"code":"Abc"}]}""", Terms.Set("urn:s", """{"system":"urn:x"}"""));
        Assert.Equal(CodeMembership.Yes, catalog.Contains("urn:s", "urn:x", "aBC"));
        Assert.Equal(CodeMembership.No, Terms.Catalog.Contains("urn:animals:all", "urn:animals", "DOG") == CodeMembership.Yes ? CodeMembership.Yes : CodeMembership.No);
    }

    [Fact]
    public void Searches_get_bounded_sets_of_codes()
    {
        Assert.Equal(["cat", "dog", "mammal", "whale"], Codes(CodeSet.Of(Terms.Catalog, "urn:mammals")));
        Assert.Equal(["animal", "cat", "mammal", "pet"], Codes(CodeSet.Above(Terms.Catalog, "urn:animals", "cat")));
        Assert.Equal(["bird", "dodo"], Codes(CodeSet.Below(Terms.Catalog, "urn:animals", "bird")));
        Assert.False(CodeSet.Of(Terms.Catalog, "urn:nowhere").Try(out _, out var failure));
        Assert.Equal(404, failure!.Status);
        Assert.False(CodeSet.Below(Terms.Catalog, "urn:animals", "unicorn").Try(out _, out failure));
        Assert.Equal("code-unknown", failure!.Issues[0].Code);
        var small = new TerminologyCatalog(new TerminologyLimits { SearchCodesMax = 3 }).WithAll([Validation.Profiles.Catalog.Json(Terms.Animals)], out _);
        Assert.False(CodeSet.Below(small, "urn:animals", "animal").Try(out _, out failure));
        Assert.Equal((422, "expansion-too-large"), (failure!.Status, failure.Issues[0].Code));

        static string[] Codes(Fhir.Outcomes.Result<CodeSet> result)
        {
            Assert.True(result.Try(out var set, out var failure), failure?.Issues[0].Diagnostics);
            return [.. set.Codes.Select(c => c.Code).Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public void The_catalogue_has_room_for_so_much_and_no_more()
    {
        var catalog = new TerminologyCatalog(new TerminologyLimits { ItemsMax = 10, ResourcesMax = 3, ConceptsMax = 9 });
        catalog = catalog.WithAll([Validation.Profiles.Catalog.Json(Terms.Animals)], out var refused);
        Assert.Empty(refused);
        catalog = catalog.WithAll([Validation.Profiles.Catalog.Json(Terms.Animals)], out refused);
        Assert.Empty(refused);
        _ = catalog.WithAll([Validation.Profiles.Catalog.Json(Terms.Animals.Replace("urn:animals", "urn:others", StringComparison.Ordinal))], out refused);
        Assert.Equal("terminology-too-large", Assert.Single(refused).Code);
        _ = new TerminologyCatalog(new TerminologyLimits { ConceptsMax = 7 }).WithAll([Validation.Profiles.Catalog.Json(Terms.Animals)], out refused);
        Assert.Equal("terminology-too-large", Assert.Single(refused).Code);
    }

    [Fact]
    public void The_folders_terminology_is_held()
    {
        Assert.Equal(CodeMembership.Yes, TerminologyCatalog.Held.Contains("https://ehealthhub.example/fhir/ValueSet/tr-province", "https://ehealthhub.example/fhir/CodeSystem/tr-province", "06"));
        Assert.Equal(CodeMembership.No, TerminologyCatalog.Held.Contains("https://ehealthhub.example/fhir/ValueSet/tr-province", "https://ehealthhub.example/fhir/CodeSystem/tr-province", "82"));
        Assert.True(HeldDefinitions.All.Count(TerminologyLike) == TerminologyCatalog.Held.CodeSystems.Count() + TerminologyCatalog.Held.ValueSets.Count(), "All of the folder is taken.");

        static bool TerminologyLike(System.Text.Json.JsonElement d) => TerminologyCatalog.Holds(d.GetProperty("resourceType").GetString()!);
    }

    /// <summary>HL7's own terminology (897 code systems, 2,499 value sets): all of it is taken, or refused with its reason; every value set over held systems expands, and its codes are in it.</summary>
    [TerminologyFact]
    public void HL7s_terminology_is_taken_and_expands()
    {
        var catalog = new TerminologyCatalog(new TerminologyLimits()).WithAll(RealData.Package(RealData.TerminologyPackage()!), out var refused);
        Assert.True(refused.Length <= 25, string.Join(Environment.NewLine, refused.Select(r => r.Diagnostics)));
        var (expanded, undecided) = (0, 0);
        foreach (var url in catalog.ValueSets)
        {
            if (!catalog.Decides(url))
            {
                undecided++;
                continue;
            }

            var result = new ValueSetReader(catalog).Expand(catalog.ValueSet(url)!);
            Assert.True(result.Try(out var codes, out var failure), url + " " + failure?.Issues[0].Diagnostics);
            expanded++;
            Assert.All(codes.Take(20), c => Assert.Equal(CodeMembership.Yes, catalog.Contains(url, c.System, c.Code)));
        }

        Assert.True(expanded > 2_000, $"{expanded} expanded, {undecided} need what is not held; refused: {string.Join("; ", refused.Select(r => r.Diagnostics))}");
    }
}
