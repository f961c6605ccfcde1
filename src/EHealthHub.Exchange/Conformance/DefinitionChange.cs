using System.Collections.Immutable;
using EHealthHub.Exchange.Submit;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Exchange.Conformance;

/// <summary>A definition that a submission writes or deletes.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Resource">The new version; null for a deletion.</param>
/// <param name="Place">For outcomes: where the resource stands in what was posted.</param>
internal sealed record DefinitionChange(string Type, string Id, FhirResource? Resource, string Place)
{
    /// <summary>Those of a submission, which are judged and come into force together.</summary>
    public static ImmutableArray<DefinitionChange> Of(ResolvedWrite write)
    {
        if (!write.Writes.Any(w => ConformanceHolder.Holds(w.Type)))
        {
            return [];
        }

        var places = write.Steps.Where(s => s.End is { Written: >= 0 }).ToDictionary(s => s.End!.Written, s => s.Entry.Index < 0 ? s.Entry.Type : s.Place + ".resource");
        return [.. write.Writes.Select((w, i) => new DefinitionChange(w.Type, w.Id, w.Resource, places.GetValueOrDefault(i, w.Type))).Where(c => ConformanceHolder.Holds(c.Type))];
    }
}
