using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Search;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Policy;

/// <summary>
/// The policy over the directory and the institutions' compartments, told the other way round: from the caller to the answer, with none of the room's code. Answers are written <c>+code</c> (granted), <c>-code</c> (refused) and
/// <c>?code</c> (refused and hidden).
/// </summary>
internal static class Oracle
{
    public static string Decide(AccessRequest r, bool scopeCovers)
    {
        var answer = scopeCovers ? ByCaller(r) : "-scope-missing";
        var namesRecord = r.Compartment != CompartmentKind.Directory && r.Interaction is not (Interaction.Create or Interaction.Search);
        return answer[0] == '-' && namesRecord ? "?" + answer[1..] : answer;
    }

    private static string ByCaller(AccessRequest r)
    {
        if (r.Interaction == Interaction.Derive)
        {
            return "-purpose-not-allowed";
        }

        if (r.Caller.Purpose is "HRESCH" or "PUBHLTH" && r.Compartment != CompartmentKind.Directory)
        {
            return "-deidentified-only";
        }

        return (r.Caller.PersonKind, r.Caller.InstitutionKind, r.Caller.Institution is null) switch
        {
            (PersonKind.None, InstitutionKind.Authority, false) => "+system-scope",
            _ when r is { ResourceType: "ValueSet" or "StructureDefinition", Interaction: Interaction.Create or Interaction.Update or Interaction.Delete } => "-definitions-by-authority",
            (PersonKind.None, InstitutionKind.Provider, false) => Institution(r, r.Caller.Institution!),
            (PersonKind.Auditor or PersonKind.Operator, _, _) => DirectoryOr(r, "-staff-no-records"),
            (_, InstitutionKind.Insurer, _) => DirectoryOr(r, "-insurer-no-basis"),
            (PersonKind.Citizen, _, _) => DirectoryOr(r, Citizen(r)),
            (PersonKind.Clinician, _, _) => DirectoryOr(r, Clinician(r)),
            _ => DirectoryOr(r, "-no-rule"),
        };
    }

    private static string DirectoryOr(AccessRequest r, string records) =>
        r.Compartment != CompartmentKind.Directory ? records : r.Interaction is Interaction.Read or Interaction.Search ? "+directory-public" : "-directory-read-only";

    private static string Citizen(AccessRequest r) => (r.Caller.Purpose, r.Interaction) switch
    {
        ("PATRQT", Interaction.Read or Interaction.Search) => "-no-relationship",
        ("PATRQT", _) => "-citizen-read-only",
        _ => "-purpose-not-allowed",
    };

    private static string Clinician(AccessRequest r)
    {
        var allowed = r.Caller.Purpose == "TREAT" || (r.Caller.Purpose is "ETREAT" or "BTG" && r.Interaction is Interaction.Read or Interaction.Search);
        allowed &= r.Caller.Purpose is "TREAT" or "ETREAT" or "BTG";
        return !allowed ? "-purpose-not-allowed" : r.Caller.Institution is { } own && own == r.Owner ? "+own-compartment" : "-not-owner";
    }

    private static string Institution(AccessRequest r, string institution)
    {
        var submitted = r.Submitter == institution;
        return (r.Compartment, r.Interaction) switch
        {
            (CompartmentKind.Directory, Interaction.Read or Interaction.Search) => "+directory-public",
            (CompartmentKind.Directory, Interaction.Create) => "+directory-content",
            (CompartmentKind.Directory, _) => submitted ? "+directory-content" : "-not-own-submission",
            _ when r.Caller.Purpose is not ("TREAT" or "HPAYMT" or "HOPERAT") => "-purpose-not-allowed",
            _ => r.Owner == institution ? "+own-compartment" : "-not-owner",
        };
    }
}
