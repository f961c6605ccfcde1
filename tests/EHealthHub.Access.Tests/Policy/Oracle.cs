using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Search;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Policy;

/// <summary>
/// The same policy, told the other way round: from the caller to the answer, as nested tables, with none of the room's code. Answers are written <c>+code</c> (granted), <c>-code</c> (refused) and <c>?code</c> (refused and hidden).
/// </summary>
internal static class Oracle
{
    public static string Decide(AccessRequest r, bool scopeCovers)
    {
        var answer = scopeCovers ? ByCaller(r) : "-scope-missing";
        var namesRecord = r.Compartment != CompartmentKind.Directory && r.Interaction is not (Interaction.Create or Interaction.Search);
        return answer[0] == '-' && namesRecord ? "?" + answer[1..] : answer;
    }

    private static string ByCaller(AccessRequest r) => (r.Caller.PersonKind, r.Caller.InstitutionKind, r.Caller.Institution is null) switch
    {
        (PersonKind.None, InstitutionKind.Authority, false) => "+system-scope",
        _ when r is { ResourceType: "ValueSet" or "StructureDefinition", Interaction: Interaction.Create or Interaction.Update or Interaction.Delete } => "-definitions-by-authority",
        (PersonKind.None, InstitutionKind.Provider, false) => Institution(r, r.Caller.Institution!),
        (PersonKind.Auditor or PersonKind.Operator, _, _) => DirectoryOr(r, "-staff-no-records"),
        (_, InstitutionKind.Insurer, _) => DirectoryOr(r, "-insurer-no-basis"),
        (PersonKind.Citizen, _, _) => DirectoryOr(r, Citizen(r)),
        (PersonKind.Clinician, _, _) => DirectoryOr(r, r.Caller.Purpose == "TREAT" ? Clinician(r, r.Caller.Institution) : "-purpose-not-allowed"),
        _ => DirectoryOr(r, "-no-rule"),
    };

    private static string DirectoryOr(AccessRequest r, string records) =>
        r.Compartment != CompartmentKind.Directory ? records : r.Interaction is Interaction.Read or Interaction.Search ? "+directory-public" : "-directory-read-only";

    private static string Citizen(AccessRequest r) => r.Interaction switch
    {
        Interaction.Read or Interaction.Search when r is { Compartment: CompartmentKind.Patient, IsOwnRecord: true } => "+own-record",
        Interaction.Read or Interaction.Search => "-no-relationship",
        _ => "-citizen-read-only",
    };

    private static string Clinician(AccessRequest r, string? institution)
    {
        if (r.Compartment == CompartmentKind.Institution)
        {
            return institution is not null && institution == r.Owner ? "+own-compartment" : "-not-owner";
        }

        return r.Interaction switch
        {
            Interaction.Update or Interaction.Delete => institution is not null && institution == r.Submitter ? "+own-submission" : "-not-own-submission",
            _ => r.OpenEncounters.Any(e => e.Institution == institution) ? "+open-encounter" : "-no-relationship",
        };
    }

    private static string Institution(AccessRequest r, string institution)
    {
        var submitted = r.Submitter == institution;
        return (r.Compartment, r.Interaction) switch
        {
            (CompartmentKind.Directory, Interaction.Read or Interaction.Search) => "+directory-public",
            (CompartmentKind.Directory, Interaction.Create) => "+directory-content",
            (CompartmentKind.Directory, _) => submitted ? "+directory-content" : "-not-own-submission",
            (CompartmentKind.Institution, _) => r.Owner == institution ? "+own-compartment" : "-not-owner",
            (_, Interaction.Search) => "-clinician-required",
            (_, Interaction.Read or Interaction.Update or Interaction.Delete) => submitted ? "+own-submission" : "-not-own-submission",
            _ when r.PatientIsNew || r.PatientSubmitter == institution => "+own-patient",
            _ when r.OpenEncounters.Any(e => e.Institution == institution) => "+open-encounter",
            _ => r.ResourceType == "Encounter" ? "+opens-encounter" : "-not-its-patient",
        };
    }
}
