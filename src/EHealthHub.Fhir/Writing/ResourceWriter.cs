using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Writing;

/// <summary>Writes a resource as the hub stores it: the accepted bytes with the server's id and meta, and references rewritten.</summary>
public static class ResourceWriter
{
    /// <summary>
    /// Everything but <c>id</c>, <c>meta.versionId</c>, <c>meta.lastUpdated</c> and rewritten references is copied byte for byte (numbers keep their digits, strings their escapes, members their order).
    /// <paramref name="references"/> maps a reference as posted (<c>urn:uuid:…</c>, an absolute fullUrl, or a conditional reference) to <c>Type/id</c>.
    /// </summary>
    public static byte[] Stamp(FhirResource resource, string id, int version, DateTimeOffset lastUpdated, IReadOnlyDictionary<string, string>? references) =>
        throw new NotSupportedException("under construction");
}
