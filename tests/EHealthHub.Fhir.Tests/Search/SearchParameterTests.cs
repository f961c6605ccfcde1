using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Search.Expressions;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchParameterTests
{
    [Fact]
    public void The_table_says_what_the_SDK_says()
    {
        var expected = ModelInfo.SearchParameters.Where(p => p.Resource is not null and not "DomainResource")
            .Select(p => $"{p.Resource} {p.Code} {p.Type.GetLiteral()} {p.Url} [{string.Join(',', (p.Target ?? []).Select(t => t.GetLiteral()).Order(StringComparer.Ordinal))}]");
        var actual = TypeParameters.Types.SelectMany(t => ParameterDefinitions.Of(t).Select(p => $"{t} {p.Code} {p.TypeCode} {p.Url} [{string.Join(',', p.Targets)}]"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_parameter_of_R4_is_served() =>
        Assert.Empty(TypeParameters.Types.SelectMany(t => TypeParameters.Of(t)!.All.Where(p => p.Kind is null).Select(p => $"{t}.{p.Code}")));

    [Fact]
    public void Every_composite_has_its_components_and_somewhere_to_look()
    {
        var composites = TypeParameters.Types.SelectMany(t => TypeParameters.Of(t)!.All.Where(p => p.Kind == FactKind.Composite).Select(p => (Type: t, Parameter: p, Plan: TypeParameters.Of(t)!.Plan.Composites[p.Code]))).ToList();
        Assert.Equal(72, composites.Count);
        Assert.All(composites, c => Assert.InRange(c.Parameter.Components.Length, 2, 3));
        Assert.All(composites, c => Assert.True(c.Plan.IsStored || c.Plan.Implied.Length == c.Parameter.Components.Length));
        Assert.Equal(
            "code-value-concept:code,value-concept code-value-date:code,value-date code-value-quantity:code,value-quantity combo-code-value-concept:code,value-concept combo-code-value-quantity:code,value-quantity",
            string.Join(' ', composites.Where(c => !c.Plan.Implied.IsEmpty).Select(c => $"{c.Parameter.Code}:{string.Join(',', c.Plan.Implied)}")));
    }

    [Fact]
    public void Every_path_of_a_served_parameter_compiles_and_the_ends_without_meaning_are_known()
    {
        var notTaken = TypeParameters.Types.SelectMany(t => TypeParameters.Of(t)!.Plan.NotTaken).Order(StringComparer.Ordinal);
        Assert.Equal(NotTaken, string.Join('\n', notTaken));
    }

    [Theory]
    [InlineData("Patient.name", "Patient name")]
    [InlineData("(Observation.value as Quantity) | Observation.code", "Observation value as:Quantity; Observation code")]
    [InlineData("Condition.onset.as(Age)", "Condition onset as:Age")]
    [InlineData("Patient.name.ofType(HumanName).family", "Patient name as:HumanName family")]
    [InlineData("(Observation.value as CodeableConcept).text", "Observation value as:CodeableConcept text")]
    [InlineData("Bundle.entry[0].resource", "Bundle entry [0] resource")]
    [InlineData("Patient.telecom.where(system='phone')", "Patient telecom system='phone'")]
    [InlineData("Account.subject.where(resolve() is Patient)", "Account subject is:Patient")]
    [InlineData("Patient.deceased.exists() and Patient.deceased != false", "Patient deceased ?")]
    [InlineData("name | alias", " name;  alias")]
    [InlineData("Patient.extension('http://x').value", "Patient extension url='http://x' value")]
    public void Understands(string expression, string expected)
    {
        Assert.True(ExpressionParser.TryParse(expression, out var paths, out _));
        Assert.Equal(expected, string.Join("; ", paths.Select(p => p.Head + " " + string.Join(' ', p.Steps.Select(Show)) + (p.IsPresence ? " ?" : ""))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Patient.name.first()")]
    [InlineData("Patient.name[1]")]
    [InlineData("Patient.name.where(use='official' and family='x')")]
    [InlineData("Patient.name.where(use != 'old')")]
    [InlineData("Patient.deceased.exists()")]
    [InlineData("Patient.deceased.exists() and Patient.active != false")]
    [InlineData("Patient.name |")]
    [InlineData("(Patient.name")]
    [InlineData("Patient.name)")]
    [InlineData("Patient.extension(x)")]
    [InlineData("'x")]
    public void Refuses_what_it_does_not_understand(string expression)
    {
        Assert.False(ExpressionParser.TryParse(expression, out _, out var reason));
        Assert.StartsWith("not understood at character", reason, StringComparison.Ordinal);
    }

    private static string Show(PathStep step) => step.Kind switch
    {
        StepKind.As => "as:" + step.Name,
        StepKind.First => "[0]",
        StepKind.WhereEquals => $"{step.Name}='{step.Literal}'",
        StepKind.WhereResolves => "is:" + step.Name,
        _ => step.Name,
    };

    private const string NotTaken = """
        activity-date: CarePlan.activity.detail.scheduled (string)
        combo-value-quantity: Observation.component.value.SampledData (SampledData)
        combo-value-quantity: Observation.value.SampledData (SampledData)
        component-value-quantity: Observation.component.value.SampledData (SampledData)
        date: Immunization.occurrence (string)
        date: Procedure.performed (Age)
        date: Procedure.performed (Range)
        date: Procedure.performed (string)
        source-reference: Consent.source (Attachment)
        value-quantity: Observation.value.SampledData (SampledData)
        """;
}
