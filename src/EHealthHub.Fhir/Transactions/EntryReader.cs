using System.Globalization;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Transactions;

/// <summary>Reads one entry of a batch or transaction. A fault ends up in <see cref="PlannedEntry.Failure"/>.</summary>
internal static class EntryReader
{
    private const string Structure = "structure";
    private const string Shape = "bundle-entry";
    private const int GetUrlMax = 8_192;

    public static PlannedEntry Read(JsonElement entry, int index)
    {
        var planned = new PlannedEntry { Index = index, Action = EntryAction.None, Type = "" };
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return Fail(planned, 400, Structure, Shape, "An entry is not an object.", "");
        }

        if (!TryText(entry, "fullUrl"u8, out var fullUrl) || (fullUrl?.Contains("/_history/", StringComparison.Ordinal) ?? false))
        {
            return Fail(planned, 400, "invariant", "bdl-8", "fullUrl is no string, or names a version.", ".fullUrl");
        }

        planned = planned with { FullUrl = fullUrl };
        if (!entry.TryGetProperty("request"u8, out var request) || request.ValueKind != JsonValueKind.Object)
        {
            return Fail(planned, 400, "required", Shape, "The entry has no request.", ".request");
        }

        if (!TryText(request, "method"u8, out var method) || !TryText(request, "url"u8, out var written) || written is null)
        {
            return Fail(planned, 400, "required", Shape, "The request needs a method and a url.", ".request");
        }

        if (method is "GET" or "HEAD")
        {
            return Get(planned with { Action = method == "GET" ? EntryAction.Get : EntryAction.Head }, entry, request, written);
        }

        if (method == "POST" && IsOperation(written))
        {
            return Operation(planned with { Action = EntryAction.Operation }, entry, request, written);
        }

        if (RequestUrl.Parse(written) is not { } url)
        {
            return Fail(planned, 400, "value", "bundle-request-url", "request.url is none of Type, Type/id, Type?query or an operation, with a type of R4, relative to the base.", ".request.url");
        }

        planned = planned with { Type = url.Type, Id = url.Id };
        return method switch
        {
            "POST" => Create(planned, entry, request, url),
            "PUT" => Existing(planned with { Action = EntryAction.Update }, request, url) is var update && update.Failure is null ? WithResource(update, entry) : update,
            "PATCH" => Existing(planned with { Action = EntryAction.Patch }, request, url) is var patch && patch.Failure is null ? WithPatch(patch, entry) : patch,
            "DELETE" => Existing(planned with { Action = EntryAction.Delete }, request, url) is var delete && delete.Failure is null ? WithoutResource(delete, entry) : delete,
            _ => Fail(planned, 400, "value", "bundle-method", "request.method is none of GET, HEAD, POST, PUT, PATCH, DELETE.", ".request.method"),
        };
    }

    private static PlannedEntry Create(PlannedEntry planned, JsonElement entry, JsonElement request, RequestUrl url)
    {
        planned = planned with { Action = EntryAction.Create };
        if (url.Id is not null || url.Rest is not null || url.Query is not null)
        {
            return Fail(planned, 400, "value", "bundle-request-url", "The url of a POST is a resource type or an operation, and nothing else.", ".request.url");
        }

        if (!TryText(request, "ifNoneExist"u8, out var written))
        {
            return Fail(planned, 400, Structure, Shape, "ifNoneExist is no string.", ".request.ifNoneExist");
        }

        if (written is not null)
        {
            if (!Condition.Parse(url.Type, written, Place(planned, ".request.ifNoneExist")).Try(out var condition, out var failure))
            {
                return planned with { Failure = failure };
            }

            planned = planned with { IfNoneExist = condition };
        }

        return Foreign(planned, request, "ifMatch"u8, "ifNoneMatch"u8, "ifModifiedSince"u8) ?? WithResource(planned, entry);
    }

    /// <summary>What PUT, PATCH and DELETE share: an id or a condition, and the versions that must be current.</summary>
    private static PlannedEntry Existing(PlannedEntry planned, JsonElement request, RequestUrl url)
    {
        if (url.Rest is not null || (url.Id is null) == (url.Query is null))
        {
            return Fail(planned, 400, "value", "bundle-request-url", "The url of a PUT, PATCH or DELETE is Type/id or Type?condition.", ".request.url");
        }

        if (url.Query is { } query)
        {
            if (!Condition.Parse(url.Type, query, Place(planned, ".request.url")).Try(out var condition, out var failure))
            {
                return planned with { Failure = failure };
            }

            planned = planned with { Where = condition };
        }

        planned = Tags(planned, request, "ifMatch"u8, static (p, tags) => p with { IfMatch = tags });
        planned = planned.Action == EntryAction.Update && planned.Failure is null ? Tags(planned, request, "ifNoneMatch"u8, static (p, tags) => p with { IfNoneMatch = tags }) : planned;
        return planned.Failure is not null ? planned
            : planned.Action == EntryAction.Update ? Foreign(planned, request, "ifNoneExist"u8, "ifModifiedSince"u8, default) ?? planned
            : Foreign(planned, request, "ifNoneExist"u8, "ifNoneMatch"u8, "ifModifiedSince"u8) ?? planned;
    }

    /// <summary>True when the last part of the path is the name of an operation.</summary>
    private static bool IsOperation(string url)
    {
        var end = url.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? url : url[..end];
        return path[(path.LastIndexOf('/') + 1)..].StartsWith('$');
    }

    /// <summary>An operation, with the Parameters or the resource that it is given, if any. Which there are, whoever answers it knows.</summary>
    private static PlannedEntry Operation(PlannedEntry planned, JsonElement entry, JsonElement request, string written)
    {
        var url = written.StartsWith('/') ? written[1..] : written;
        var parts = RequestUrl.Parse(url);
        if (url.Length > GetUrlMax || url.Any(char.IsControl) || (parts is null && !url.StartsWith('$')))
        {
            return Fail(planned, 400, "value", "bundle-request-url", "The url of an operation is $name, Type/$name or Type/id/$name, relative to the base.", ".request.url");
        }

        planned = Tags(planned with { Type = parts?.Type ?? "", Id = parts?.Id, Url = url }, request, "ifMatch"u8, static (p, tags) => p with { IfMatch = tags });
        planned = planned.Failure is null ? Foreign(planned, request, "ifNoneExist"u8, "ifNoneMatch"u8, "ifModifiedSince"u8) ?? planned : planned;
        if (planned.Failure is not null || !entry.TryGetProperty("resource"u8, out var root))
        {
            return planned;
        }

        return root.ValueKind == JsonValueKind.Object && TryText(root, "resourceType"u8, out var type) && type is not null && ResourceTypes.IsKnown(type)
            ? planned with { Resource = new FhirResource(type, root) }
            : Fail(planned, 400, "value", "resource-type-missing", "The resource does not say its resourceType, or R4 has none of that type.", ".resource.resourceType");
    }

    /// <summary>A read, history or search: the url goes to whoever answers it, who knows which there are.</summary>
    private static PlannedEntry Get(PlannedEntry planned, JsonElement entry, JsonElement request, string written)
    {
        var url = written.StartsWith('/') ? written[1..] : written;
        var first = url[..(url.IndexOfAny(['/', '?']) is var end and >= 0 ? end : url.Length)];
        if (url.Length > GetUrlMax || url.Any(char.IsControl) || !(first is "" or "_history" or "metadata" || first.StartsWith('$') || ResourceTypes.IsKnown(first)))
        {
            return Fail(planned, 400, "value", "bundle-request-url", "The url of a GET is no read, history or search, relative to the base.", ".request.url");
        }

        planned = Tags(planned with { Type = ResourceTypes.IsKnown(first) ? first : "", Id = RequestUrl.Parse(url)?.Id, Url = url }, request, "ifNoneMatch"u8, static (p, tags) => p with { IfNoneMatch = tags });
        if (planned.Failure is not null)
        {
            return planned;
        }

        if (!TryText(request, "ifModifiedSince"u8, out var since) || (since is not null && !DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out _)))
        {
            return Fail(planned, 400, "value", Shape, "ifModifiedSince is no instant.", ".request.ifModifiedSince");
        }

        planned = since is null ? planned : planned with { IfModifiedSince = DateTimeOffset.Parse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) };
        return Foreign(planned, request, "ifNoneExist"u8, "ifMatch"u8, default) ?? WithoutResource(planned, entry);
    }

    private static PlannedEntry Tags(PlannedEntry planned, JsonElement request, ReadOnlySpan<byte> name, Func<PlannedEntry, VersionTags, PlannedEntry> set)
    {
        if (!request.TryGetProperty(name, out var value))
        {
            return planned;
        }

        var member = Encoding.UTF8.GetString(name);
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return VersionTags.Parse(member, text).Try(out var tags, out _)
            ? set(planned, tags)
            : Fail(planned, 400, "value", "if-match", $"{member} is neither * nor a list of version tags of the form W/\"1\".", ".request." + member);
    }

    private static PlannedEntry? Foreign(PlannedEntry planned, JsonElement request, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        var name = request.TryGetProperty(first, out _) ? first : request.TryGetProperty(second, out _) ? second : !third.IsEmpty && request.TryGetProperty(third, out _) ? third : default;
        return name.IsEmpty ? null : Unsupported(planned, Encoding.UTF8.GetString(name), "." + "request." + Encoding.UTF8.GetString(name));
    }

    /// <summary>R4 3.1.0.11.2: a patch travels as a Binary with a JSON Patch, or as the Parameters of a FHIRPath Patch.</summary>
    private static PlannedEntry WithPatch(PlannedEntry planned, JsonElement entry)
    {
        if (!entry.TryGetProperty("resource"u8, out var root) || root.ValueKind != JsonValueKind.Object || !TryText(root, "resourceType"u8, out var type) || type is not ("Binary" or "Parameters"))
        {
            return Fail(planned, 400, "required", Shape, "A PATCH needs a Binary with a JSON Patch, or the Parameters of a FHIRPath Patch.", ".resource");
        }

        return planned with { Resource = new FhirResource(type, root) };
    }

    private static PlannedEntry WithoutResource(PlannedEntry planned, JsonElement entry) =>
        entry.TryGetProperty("resource"u8, out _) ? Fail(planned, 400, Structure, Shape, "An entry of this method carries no resource.", ".resource") : planned;

    private static PlannedEntry WithResource(PlannedEntry planned, JsonElement entry)
    {
        if (!entry.TryGetProperty("resource"u8, out var root) || root.ValueKind != JsonValueKind.Object)
        {
            return Fail(planned, 400, "required", Shape, "An entry of this method needs a resource.", ".resource");
        }

        if (!TryText(root, "resourceType"u8, out var type) || type is null)
        {
            return Fail(planned, 400, "required", "resource-type-missing", "The resource does not say its resourceType.", ".resource.resourceType");
        }

        if (type != planned.Type)
        {
            return Fail(planned, 400, "value", Shape, "The resourceType is not the one of request.url.", ".resource.resourceType");
        }

        if (!TryText(root, "id"u8, out var id) || (planned is { Action: EntryAction.Update, Where: null } && id != planned.Id))
        {
            return Fail(planned, 400, "value", Shape, "The id of the resource is not the one of request.url.", ".resource.id");
        }

        if (planned.FullUrl is { } fullUrl && id is not null && FullUrl.Identity(fullUrl) is { } identity && identity != $"{type}/{id}")
        {
            return Fail(planned, 400, "value", Shape, "fullUrl names another resource than the one in the entry.", ".fullUrl");
        }

        return planned with { Resource = new FhirResource(type, root) };
    }

    /// <summary>False when the member is there and is no string with something in it.</summary>
    private static bool TryText(JsonElement owner, ReadOnlySpan<byte> name, out string? text)
    {
        text = null;
        if (!owner.TryGetProperty(name, out var value))
        {
            return true;
        }

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return !string.IsNullOrEmpty(text);
    }

    private static PlannedEntry Unsupported(PlannedEntry planned, string what, string element) =>
        Fail(planned, 412, "not-supported", "condition-not-supported", $"The hub does not decide {what}.", element);

    private static PlannedEntry Fail(PlannedEntry planned, int status, string type, string code, string diagnostics, string element) =>
        planned with { Failure = Failure.Of(status, type, code, diagnostics, Place(planned, element)) };

    private static string Place(PlannedEntry planned, string element) => string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{planned.Index}]{element}");
}
