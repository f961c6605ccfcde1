using System.Text;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Tests.Support;

namespace EHealthHub.Fhir.Tests.Outcomes;

public class OperationOutcomeWriterTests
{
    [Fact]
    public void An_outcome_has_the_hubs_code_and_a_text_in_the_callers_language()
    {
        var failure = Failure.Of(422, "value", "national-id-checksum", "The checksum does not hold.", "Patient.identifier[0].value");
        var english = OperationOutcomeWriter.Write(failure);
        Assert.Equal(
            """{"resourceType":"OperationOutcome","language":"en","issue":[{"severity":"error","code":"value","details":{"coding":[{"system":"https://ehealthhub.example/fhir/CodeSystem/outcome-code","code":"national-id-checksum"}],"text":"The national identity number is not valid."},"diagnostics":"The checksum does not hold.","expression":["Patient.identifier[0].value"]}]}""",
            Encoding.UTF8.GetString(english));
        Sdk.Accepts(english);
        Assert.Contains("\"text\":\"T.C. kimlik numarası geçerli değil.\"", Encoding.UTF8.GetString(OperationOutcomeWriter.Write(failure, "tr")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not-found", "Not found.")]
    [InlineData("no-such-type", "The request could not be processed.")]
    public void A_code_without_a_text_falls_back_to_its_type(string type, string text) =>
        Assert.Equal(text, OutcomeTexts.For(Issue.Error(type, "never-heard-of", ""), "de"));

    [Fact]
    public void No_issues_make_a_valid_outcome_too() => Sdk.Accepts(OperationOutcomeWriter.Write([]));

    [Fact]
    public void Every_text_is_there_in_both_languages() =>
        Assert.All(OutcomeTexts.Codes, code =>
        {
            var english = OutcomeTexts.For(Issue.Error("processing", code, ""), "en");
            var turkish = OutcomeTexts.For(Issue.Error("processing", code, ""), "tr");
            Assert.True(english.EndsWith('.') && turkish.EndsWith('.') && english != turkish, code);
        });
}
