using EHealthHub.Fhir.Writing;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Deciding;

/// <summary>What goes out in place of resources of which the caller may know that they are there, and no more. Made of type and id alone.</summary>
internal static class Masking
{
    /// <summary>Opened versions in the order of the matches, with the masked ones in their places. Of those neither version nor time is told.</summary>
    public static IReadOnlyList<RecordVersion> Among(IReadOnlyList<SearchMatch> matches, IReadOnlyList<RecordVersion> opened)
    {
        var next = 0;
        return [.. matches.Select(m => m.IsMasked ? new RecordVersion(m.Location.Type, m.Location.Id, 0, false, default, MaskedWriter.Write(m.Location.Type, m.Location.Id)) : opened[next++])];
    }
}
