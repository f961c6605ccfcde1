using System.Text.Json;

namespace EHealthHub.Fhir.Validation;

/// <summary>R4's invariants of a Bundle that is kept as a resource of its own, a document for example (2.36.3).</summary>
internal static class BundleRules
{
    public static void Check(JsonElement owner, ulong seen, ValidationRun run)
    {
        var type = owner.Text("type"u8);
        Rule(run, type is "searchset" or "history" || !owner.Has("total"u8), "bdl-1", "Only a searchset or history has a total.", "total");
        var requests = type is "batch" or "transaction" or "history";
        var responses = type is "batch-response" or "transaction-response" or "history";
        var fullUrls = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var entry in owner.Items("entry"u8))
        {
            var place = $"entry[{index++}]";
            Rule(run, type == "searchset" || !entry.Has("search"u8), "bdl-2", "Only a searchset has entry.search.", place);
            Rule(run, entry.Has("request"u8) == requests, "bdl-3", "entry.request is there exactly in a batch, transaction or history.", place);
            Rule(run, entry.Has("response"u8) == responses, "bdl-4", "entry.response is there exactly in a response or history.", place);
            if (entry.Text("fullUrl"u8) is { } fullUrl)
            {
                Rule(run, !fullUrl.Contains("/_history/", StringComparison.Ordinal), "bdl-8", "fullUrl names no version.", place);
                Rule(run, type == "history" || fullUrls.Add(fullUrl + " " + Version(entry)), "bdl-7", "fullUrl is there twice.", place);
            }
        }

        if (type == "document")
        {
            Document(owner, run);
        }

        Rule(run, type != "message" || FirstType(owner) == "MessageHeader", "bdl-12", "A message begins with a MessageHeader.");
    }

    private static void Document(JsonElement owner, ValidationRun run)
    {
        var hasIdentifier = owner.TryGetProperty("identifier"u8, out var identifier) && identifier.Has("system"u8) && identifier.Has("value"u8);
        Rule(run, hasIdentifier, "bdl-9", "A document has an identifier with a system and a value.");
        Rule(run, owner.Has("timestamp"u8), "bdl-10", "A document has a timestamp.");
        Rule(run, FirstType(owner) == "Composition", "bdl-11", "A document begins with a Composition.");
    }

    private static string? FirstType(JsonElement owner) =>
        owner.Items("entry"u8).FirstOrDefault() is { ValueKind: JsonValueKind.Object } first && first.TryGetProperty("resource"u8, out var resource) ? resource.Text("resourceType"u8) : null;

    private static string? Version(JsonElement entry) =>
        entry.TryGetProperty("resource"u8, out var resource) && resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty("meta"u8, out var meta) ? meta.Text("versionId"u8) : null;

    private static void Rule(ValidationRun run, bool holds, string key, string text, string? child = null) => ValueRules.Demand(run, holds, key, text, child);
}
