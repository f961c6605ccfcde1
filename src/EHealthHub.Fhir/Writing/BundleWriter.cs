using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
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
public sealed record ResponseEntry(int Status, string? Location, int? Version, DateTimeOffset? LastUpdated, ReadOnlyMemory<byte>? Json, Failure? Failure)
{
    /// <summary>What is said of a success, where that was asked for; else empty.</summary>
    public ImmutableArray<Issue> Outcome { get; init; } = [];
}

/// <summary>A link of a Bundle: self, next, first, previous.</summary>
/// <param name="Relation">Its relation (RFC 8288).</param>
/// <param name="Url">Absolute URL.</param>
public sealed record BundleLink(string Relation, string Url);

/// <summary>Writes Bundles around stored bytes; the bytes are copied, never parsed.</summary>
public static class BundleWriter
{
    /// <summary>The writer's own output is well-formed by construction (the tests parse it), so it is not checked a second time.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A searchset; <paramref name="total"/> is left out when null.</summary>
    public static void WriteSearchset(IBufferWriter<byte> output, string id, DateTimeOffset now, int? total, ImmutableArray<BundleLink> links, IReadOnlyList<BundleEntry> entries)
    {
        using var json = new Utf8JsonWriter(output, Options);
        Begin(json, id, now, "searchset");
        if (total is { } count)
        {
            json.WriteNumber("total"u8, count);
        }

        Links(json, links);
        Each(json, entries, static (json, entry) =>
        {
            Resource(json, entry.FullUrl, entry.Json);
            if (entry.SearchMode is { } mode)
            {
                json.WriteStartObject("search"u8);
                json.WriteString("mode"u8, mode);
                json.WriteEndObject();
            }
        });
        json.WriteEndObject();
    }

    /// <summary>A history, newest first; <paramref name="total"/> is left out when null.</summary>
    public static void WriteHistory(IBufferWriter<byte> output, string id, DateTimeOffset now, int? total, ImmutableArray<BundleLink> links, IReadOnlyList<BundleEntry> entries)
    {
        using var json = new Utf8JsonWriter(output, Options);
        Begin(json, id, now, "history");
        if (total is { } count)
        {
            json.WriteNumber("total"u8, count);
        }

        Links(json, links);
        Each(json, entries, static (json, entry) =>
        {
            Resource(json, entry.FullUrl, entry.Json);
            json.WriteStartObject("request"u8);
            json.WriteString("method"u8, entry.Method);
            json.WriteString("url"u8, entry.Url);
            json.WriteEndObject();
            json.WriteStartObject("response"u8);
            json.WriteString("status"u8, entry.Status);
            Version(json, entry.Version, entry.LastUpdated);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    /// <summary>A transaction-response or batch-response, entries in the order of the request.</summary>
    public static void WriteResponse(IBufferWriter<byte> output, string id, bool transaction, IReadOnlyList<ResponseEntry> entries, string language)
    {
        using var json = new Utf8JsonWriter(output, Options);
        Begin(json, id, null, transaction ? "transaction-response" : "batch-response");
        Each(json, entries, (json, entry) =>
        {
            Resource(json, null, entry.Json);
            json.WriteStartObject("response"u8);
            json.WriteString("status"u8, entry.Status.ToString(CultureInfo.InvariantCulture));
            if (entry.Location is { } location)
            {
                json.WriteString("location"u8, location);
            }

            Version(json, entry.Version, entry.LastUpdated);
            var issues = entry.Failure?.Issues ?? entry.Outcome;
            if (!issues.IsEmpty)
            {
                json.WritePropertyName("outcome"u8);
                OperationOutcomeWriter.Write(json, issues, language);
            }

            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string id, DateTimeOffset? now, string type)
    {
        json.WriteStartObject();
        json.WriteString("resourceType"u8, "Bundle"u8);
        json.WriteString("id"u8, id);
        if (now is { } time)
        {
            json.WriteStartObject("meta"u8);
            json.WriteString("lastUpdated"u8, Instant.Text(time));
            json.WriteEndObject();
        }

        json.WriteString("type"u8, type);
    }

    private static void Links(Utf8JsonWriter json, ImmutableArray<BundleLink> links)
    {
        if (links.IsDefaultOrEmpty)
        {
            return;
        }

        json.WriteStartArray("link"u8);
        foreach (var link in links)
        {
            json.WriteStartObject();
            json.WriteString("relation"u8, link.Relation);
            json.WriteString("url"u8, link.Url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>R4 knows no empty arrays: without entries there is no member.</summary>
    private static void Each<T>(Utf8JsonWriter json, IReadOnlyList<T> entries, Action<Utf8JsonWriter, T> write)
    {
        if (entries.Count == 0)
        {
            return;
        }

        json.WriteStartArray("entry"u8);
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            write(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Resource(Utf8JsonWriter json, string? fullUrl, ReadOnlyMemory<byte>? resource)
    {
        if (fullUrl is not null)
        {
            json.WriteString("fullUrl"u8, fullUrl);
        }

        if (resource is { } bytes)
        {
            json.WritePropertyName("resource"u8);
            json.WriteRawValue(bytes.Span, skipInputValidation: true);
        }
    }

    private static void Version(Utf8JsonWriter json, int? version, DateTimeOffset? lastUpdated)
    {
        if (version is { } number)
        {
            json.WriteString("etag"u8, string.Create(CultureInfo.InvariantCulture, $"W/\"{number}\""));
        }

        if (lastUpdated is { } time)
        {
            json.WriteString("lastModified"u8, Instant.Text(time));
        }
    }
}
