using System.Text.Json;
using EHealthHub.Access.Labels;

namespace EHealthHub.Access.Tests.Labels;

public class ResourceLabelsTests
{
    [Theory]
    [InlineData("PSY", Sensitivities.Psychiatry)]
    [InlineData("MH", Sensitivities.Psychiatry)]
    [InlineData("SEX", Sensitivities.Sexuality)]
    [InlineData("STD", Sensitivities.Sexuality)]
    [InlineData("HIV", Sensitivities.Hiv)]
    [InlineData("ETH", Sensitivities.Substances)]
    [InlineData("ETHUD", Sensitivities.Substances)]
    [InlineData("OPIOIDUD", Sensitivities.Substances)]
    [InlineData("SUD", Sensitivities.Substances)]
    [InlineData("GDIS", Sensitivities.Genetics)]
    [InlineData("SDV", Sensitivities.Violence)]
    [InlineData("VIO", Sensitivities.Violence)]
    [InlineData("CEL", Sensitivities.Other)]
    [InlineData("never-heard-of", Sensitivities.Other)]
    public void A_sensitivity_makes_what_carries_it_restricted(string code, Sensitivities sensitivity)
    {
        var labels = default(ResourceLabels).With(ResourceLabels.SensitivitySystem, code);
        Assert.Equal((sensitivity, Confidentiality.Restricted), (labels.Sensitivities, labels.Confidentiality));
    }

    [Fact]
    public void The_highest_confidentiality_counts_and_none_lifts_what_is_sensitive()
    {
        Assert.Equal(Confidentiality.Normal, default(ResourceLabels).Confidentiality);
        Assert.Equal(Confidentiality.Low, Of("L").Confidentiality);
        Assert.Equal(Confidentiality.VeryRestricted, Of("N", "V", "R").Confidentiality);
        Assert.Equal(Confidentiality.Restricted, Of("L").With(ResourceLabels.SensitivitySystem, "PSY").Confidentiality);
        Assert.Equal(Confidentiality.VeryRestricted, Of("not a level").Confidentiality);
        Assert.Equal(default, default(ResourceLabels).With("http://elsewhere.example", "V").With(null, "V"));
    }

    [Fact]
    public void Labels_are_read_from_meta_security_whatever_else_is_there()
    {
        var json = """{"meta":{"security":[1,{"system":2},{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HTEST"}]}}""";
        Assert.Equal(ResourceLabels.Of(Sensitivities.Hiv, Confidentiality.VeryRestricted), ResourceLabels.Read(JsonDocument.Parse(json).RootElement));
        Assert.All(["1", "{}", """{"meta":1}""", """{"meta":{"security":{}}}"""], j => Assert.Equal(default, ResourceLabels.Read(JsonDocument.Parse(j).RootElement)));
    }

    private static ResourceLabels Of(params string[] codes) => codes.Aggregate(default(ResourceLabels), (labels, code) => labels.With(ResourceLabels.ConfidentialitySystem, code));
}
