using System.Text.Json;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Bindings of a profile (R4 4.1.5): required ones are errors, weaker ones advice.</summary>
internal static class BindingCheck
{
    public static void Check(ProfileRun run, TerminologyCatalog terminology, ProfileBinding binding, ProfileNode node, in Occurrence occurrence)
    {
        if (occurrence.Value.ValueKind == JsonValueKind.Undefined || Holds(terminology, binding.ValueSet, occurrence.Value))
        {
            return;
        }

        switch (binding.Strength)
        {
            case "required":
                run.Report("error", "code-invalid", "profile-binding", $"The code of {node.Id} is not in {binding.ValueSet}.");
                break;
            case "extensible":
                run.Report("warning", "code-invalid", "profile-binding-extensible", $"The code of {node.Id} is not in {binding.ValueSet}, which is to be used where it has a fitting code.");
                break;
            default:
                run.Report("information", "informational", "profile-binding-preferred", $"The code of {node.Id} is not in {binding.ValueSet}, which is preferred.");
                break;
        }
    }

    /// <summary>True for a code, a Coding or Quantity, or a CodeableConcept one of whose codings is in the value set.</summary>
    public static bool Holds(TerminologyCatalog terminology, string valueSet, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => terminology.Contains(valueSet, null, value.GetString()!) == CodeMembership.Yes,
        JsonValueKind.Object when value.Has("coding"u8) => value.Items("coding"u8).Any(c => Holds(terminology, valueSet, c)),
        JsonValueKind.Object => value.Text("system"u8) is { } system && value.Text("code"u8) is { } code && terminology.Contains(valueSet, system, code) == CodeMembership.Yes,
        _ => false,
    };
}
