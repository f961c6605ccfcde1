using System.Buffers;
using System.Text;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Scopes;

public sealed class ScopeQueryTests
{
    private const string Category = "http://terminology.hl7.org/CodeSystem/observation-category";
    private const string Laboratory = "user/Observation.rs?category=" + Category + "|laboratory";

    [Theory]
    [InlineData("Observation", "category=" + Category + "|laboratory")]
    [InlineData("Observation", "category=laboratory,vital-signs&status=final")]
    [InlineData("Condition", "clinical-status=active&code=http://snomed.info/sct|38341003")]
    [InlineData("DocumentReference", "_security=http://terminology.hl7.org/CodeSystem/v3-Confidentiality|N")]
    public void Token_parameters_that_facts_answer_are_kept(string type, string query) => Assert.True(ScopeQuery.Keeps(type, query));

    [Theory]
    [InlineData("Observation", "")]
    [InlineData("Observation", "category")]
    [InlineData("Observation", "category=")]
    [InlineData("Observation", "date=2026")]
    [InlineData("Observation", "patient=1")]
    [InlineData("Observation", "value-quantity=5")]
    [InlineData("Observation", "category:not=laboratory")]
    [InlineData("Observation", "category:missing=true")]
    [InlineData("Observation", "category:in=http://example.org/set")]
    [InlineData("Observation", "patient.gender=male")]
    [InlineData("Observation", "_has:Provenance:target:agent=1")]
    [InlineData("Observation", "_filter=category eq laboratory")]
    [InlineData("Observation", "_id=1")]
    [InlineData("Observation", "_content=x")]
    [InlineData("Observation", "_count=1")]
    [InlineData("Observation", "unheard-of=1")]
    [InlineData("Observation", "category=laboratory%7C")]
    [InlineData("Observation", "category=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q")]
    [InlineData("Observation", "code=1&code=1&code=1&code=1&code=1")]
    [InlineData("Unheard", "code=1")]
    [InlineData("Practitioner", "identifier=1")]
    [InlineData("*", "code=1")]
    public void Anything_else_is_no_query_of_a_scope(string type, string query) => Assert.False(ScopeQuery.Keeps(type, query));

    [Fact]
    public void Finer_scope_covers_what_matches_and_to_those_who_do_not_look_nothing()
    {
        var caller = Caller(PersonKind.Clinician, Laboratory);
        Assert.False(SmartScope.Covers(caller, Interaction.Read, "Observation", default));
        Assert.True(SmartScope.Covers(caller, Interaction.Read, "Observation", default, ulong.MaxValue));
        Assert.False(SmartScope.Covers(caller, Interaction.Read, "Condition", default, ulong.MaxValue));
        Assert.False(SmartScope.Covers(caller, Interaction.Create, "Observation", default, ulong.MaxValue));
        Assert.True(Matches(caller, Interaction.Search, "Observation", default, Facts("laboratory")));
        Assert.False(Matches(caller, Interaction.Search, "Observation", default, Facts("vital-signs")));
        Assert.False(Matches(caller, Interaction.Delete, "Observation", default, Facts("laboratory")));
        Assert.False(Matches(Caller(PersonKind.None, Laboratory), Interaction.Read, "Observation", default, Facts("laboratory")));
    }

    [Fact]
    public void Query_that_cannot_be_kept_covers_nothing()
    {
        var caller = Caller(PersonKind.Clinician, "user/Observation.rs?date=2026", "user/*.rs?category=laboratory", "user/Observation.rs?category:not=x");
        Assert.False(SmartScope.Covers(caller, Interaction.Read, "Observation", default, ulong.MaxValue));
        Assert.False(Matches(caller, Interaction.Read, "Observation", default, Facts("laboratory")));
    }

    [Fact]
    public void Query_of_one_scope_lends_nothing_to_another()
    {
        var caller = Caller(PersonKind.Clinician, "user/Observation.r?category=laboratory", "user/Observation.s?category=vital-signs", "user/Condition.rs");
        Assert.True(Matches(caller, Interaction.Read, "Observation", default, Facts("laboratory")));
        Assert.False(Matches(caller, Interaction.Search, "Observation", default, Facts("laboratory")));
        Assert.False(Matches(caller, Interaction.Read, "Observation", default, Facts("vital-signs")));
        Assert.True(Matches(caller, Interaction.Search, "Observation", default, Facts("vital-signs")));
    }

    [Theory]
    [InlineData(PersonKind.Clinician, "7", "7", false, true)]
    [InlineData(PersonKind.Clinician, "7", "8", false, false)]
    [InlineData(PersonKind.Clinician, "7", null, true, true)]
    [InlineData(PersonKind.Clinician, "7", null, false, false)]
    [InlineData(PersonKind.Clinician, null, "7", false, false)]
    [InlineData(PersonKind.Clinician, null, null, true, false)]
    [InlineData(PersonKind.Citizen, null, "7", false, true)]
    [InlineData(PersonKind.Citizen, "7", "7", false, true)]
    [InlineData(PersonKind.Citizen, "7", "8", false, false)]
    [InlineData(PersonKind.None, "7", "7", false, false)]
    public void Patient_context_is_the_one_of_the_launch(PersonKind person, string? launched, string? patient, bool isDirectory, bool covered) =>
        Assert.Equal(covered, SmartScope.Covers(Caller(person, "patient/*.rs") with { Patient = launched }, Interaction.Read, "Observation", new ScopePlace(isDirectory, patient)));

    private static bool Matches(Caller caller, Interaction interaction, string type, ScopePlace place, byte[] facts) => SmartScope.Covers(caller, interaction, type, place, SmartScope.Satisfied(caller, facts));

    private static byte[] Facts(string category)
    {
        var json = "{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":\"" + Category + "\",\"code\":\"" + category + "\"}]}],\"code\":{\"text\":\"x\"}}";
        Assert.True(FhirReader.Read(Encoding.UTF8.GetBytes(json), new FhirLimits()).Try(out var resource, out _));
        using (resource)
        {
            var facts = new ArrayBufferWriter<byte>();
            SearchFacts.Extract(resource, "1", 1, DateTimeOffset.UnixEpoch, "hospital-ankara", "7", null).Encode(facts);
            return facts.WrittenSpan.ToArray();
        }
    }

    private static Caller Caller(PersonKind person, params string[] scopes) => new() { PersonKind = person, Scopes = [.. scopes], Purpose = "TREAT", Certificate = new string('0', 64) };
}
