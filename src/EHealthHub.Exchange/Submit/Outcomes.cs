using System.Collections.Immutable;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Exchange.Submit;

/// <summary>What is said of a write that went well, to those who ask for that (Prefer: return=OperationOutcome).</summary>
internal static class Outcomes
{
    public static ImmutableArray<Issue> Of(EntryEnd end) => [new Issue("information", "informational", "allok", end switch
    {
        { Status: 201 } => $"Created as {end.Location}.",
        { Status: 204, Version: 0 } => "There was nothing to delete.",
        { Status: 204 } => $"Deleted by {end.Location}.",
        { Written: < 0 } => $"Nothing was written: {end.Location} stands.",
        _ => $"Stored as {end.Location}.",
    })];
}
