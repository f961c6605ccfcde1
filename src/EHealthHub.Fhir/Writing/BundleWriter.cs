using System.Buffers;
using System.Collections.Immutable;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Writing;

/// <summary>One entry of a searchset or history Bundle.</summary>
/// <param name="FullUrl">Absolute URL of the resource.</param>
/// <param name="Json">The stored JSON; null for a deletion in a history.</param>
/// <param name="SearchMode">match, include or outcome in a searchset; null in a history.</param>
/// <param name="Method">HTTP verb of the history entry; null in a searchset.</param>
/// <param name="Url">request.url of the history entry.</param>
/// <param name="Version">Version of the entry, for the ETag.</param>
/// <param name="LastUpdated">Time of the version.</param>
/// <param name="Status">response.status of the history entry, for example <c>201</c>.</param>
public sealed record BundleEntry(string FullUrl, ReadOnlyMemory<byte>? Json, string? SearchMode, string? Method, string? Url, int Version, DateTimeOffset LastUpdated, string? Status);

/// <summary>The answer to one entry of a batch or transaction (FHIR R4, Bundle.entry.response).</summary>
/// <param name="Status">HTTP status, for example 201.</param>
/// <param name="Location">Versioned relative or absolute location; null where there is none.</param>
/// <param name="Version">Version for the ETag; null where there is none.</param>
/// <param name="LastUpdated">Time of the version; null where there is none.</param>
/// <param name="Json">The resource for entries that return one (GET), else null.</param>
/// <param name="Failure">The refusal of a batch entry, else null.</param>
public sealed record ResponseEntry(int Status, string? Location, int? Version, DateTimeOffset? LastUpdated, ReadOnlyMemory<byte>? Json, Failure? Failure);

/// <summary>A link of a Bundle: self, next, first, previous.</summary>
public sealed record BundleLink(string Relation, string Url);

/// <summary>Writes Bundles around stored bytes; the bytes are copied, never parsed.</summary>
public static class BundleWriter
{
    /// <summary>A searchset; <paramref name="total"/> is left out when null.</summary>
    public static void WriteSearchset(IBufferWriter<byte> output, string id, DateTimeOffset now, int? total, ImmutableArray<BundleLink> links, IReadOnlyList<BundleEntry> entries) =>
        throw new NotSupportedException("under construction");

    /// <summary>A history, newest first.</summary>
    public static void WriteHistory(IBufferWriter<byte> output, string id, DateTimeOffset now, int total, ImmutableArray<BundleLink> links, IReadOnlyList<BundleEntry> entries) =>
        throw new NotSupportedException("under construction");

    /// <summary>A transaction-response or batch-response, entries in the order of the request.</summary>
    public static void WriteResponse(IBufferWriter<byte> output, string id, bool transaction, IReadOnlyList<ResponseEntry> entries, string language) =>
        throw new NotSupportedException("under construction");
}
