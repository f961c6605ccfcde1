using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

public class OfficialExampleTests
{
    /// <summary>The examples that break a rule of R4, each looked at: by file, the rule.</summary>
    private static readonly Dictionary<string, string> Invalid = new()
    {
        // A narrative of whitespace only.
        ["ActivityDefinition-blood-tubes-supply"] = "txt-2",
        ["ActivityDefinition-heart-valve-replacement"] = "txt-2",
        ["EventDefinition-example"] = "txt-2",
        ["Questionnaire-zika-virus-exposure-assessment"] = "txt-2",

        // The same fullUrl in several entries of a collection.
        ["Bundle-dataelements"] = "bdl-7",

        // A reference to a type that the definition does not list: DeviceDefinition for Device, Procedure, Practitioner for Organization, Encounter as performer.
        ["DeviceMetric-example"] = "reference-target",
        ["DeviceUseStatement-example"] = "reference-target",
        ["MedicationRequest-medrx0301"] = "reference-target",
        ["Observation-clinical-gender"] = "reference-target",

        // Decimals up to 1E+245 are valid R4; the hub keeps to what search can compare.
        ["Observation-decimal"] = "primitive-range",

        // Required elements are missing.
        ["Questionnaire-qs1"] = "element-missing",
        ["ImplementationGuide-fhir"] = "element-missing",
        ["ig-r4"] = "element-missing",
        ["SearchParameter-codesystem-extensions-CodeSystem-author"] = "element-missing",
        ["SearchParameter-codesystem-extensions-CodeSystem-effective"] = "element-missing",
        ["SearchParameter-codesystem-extensions-CodeSystem-end"] = "element-missing",
        ["SearchParameter-codesystem-extensions-CodeSystem-keyword"] = "element-missing",
        ["SearchParameter-codesystem-extensions-CodeSystem-workflow"] = "element-missing",
        ["SearchParameter-valueset-extensions-ValueSet-author"] = "element-missing",
        ["SearchParameter-valueset-extensions-ValueSet-effective"] = "element-missing",
        ["SearchParameter-valueset-extensions-ValueSet-end"] = "element-missing",
        ["SearchParameter-valueset-extensions-ValueSet-keyword"] = "element-missing",
        ["SearchParameter-valueset-extensions-ValueSet-workflow"] = "element-missing",

        // Logical models that are not abstract and have no base.
        ["StructureDefinition-Definition"] = "sdf-4",
        ["StructureDefinition-Event"] = "sdf-4",
        ["StructureDefinition-FiveWs"] = "sdf-4",
        ["StructureDefinition-Request"] = "sdf-4",

        // An id of 68 characters.
        ["SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject"] = "primitive-format",
    };

    [OfficialExamplesFact]
    public void All_but_the_invalid_examples_are_valid()
    {
        var validator = new Validator();
        var limits = new FhirLimits { BytesMax = 100_000_000 };
        var wrong = new List<string>();
        var count = 0;
        foreach (var path in RealData.OfficialExamples().Where(p => Path.GetFileName(p) is not ("package.json" or ".index.json")))
        {
            using var resource = Read.Resource(File.ReadAllBytes(path), limits);
            var issues = validator.Validate(resource, limits);
            var expected = Invalid.GetValueOrDefault(Path.GetFileNameWithoutExtension(path));
            if (expected is null ? !issues.IsEmpty : !issues.Any(i => i.Code == expected))
            {
                wrong.Add($"{path}: {(issues.IsEmpty ? "valid" : issues[0])}");
            }

            count++;
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.Equal((5_306, 28), (count, Invalid.Count));
    }
}
