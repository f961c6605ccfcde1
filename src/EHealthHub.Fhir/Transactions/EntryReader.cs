using System.Globalization;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Transactions;

/// <summary>Reads one entry of a batch or transaction. A fault ends up in <see cref="PlannedEntry.Failure"/>.</summary>
internal static class EntryReader
{
    private const string Structure = "structure";
    private const string Shape = "bundle-entry";

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

        if (RequestUrl.Parse(written) is not { } url)
        {
            return Fail(planned, 400, "value", "bundle-request-url", "request.url is none of Type, Type/id or Type?query with a type of R4, relative to the base.", ".request.url");
        }

        planned = planned with { Type = url.Type, Id = url.Id };
        return method switch
        {
            "POST" => Create(planned, entry, request, url),
            "PUT" => Update(planned, entry, request, url),
            "DELETE" => Delete(planned, entry, request, url),
            "GET" => Get(planned, entry, url, written),
            "PATCH" or "HEAD" => Fail(planned, 400, "not-supported", "bundle-method", $"{method} is not supported in a Bundle.", ".request.method"),
            _ => Fail(planned, 400, "value", "bundle-method", "request.method is none of GET, POST, PUT, DELETE.", ".request.method"),
        };
    }

    private static PlannedEntry Create(PlannedEntry planned, JsonElement entry, JsonElement request, RequestUrl url)
    {
        planned = planned with { Action = EntryAction.Create };
        if (url.Id is not null || url.Rest is not null || url.Query is not null)
        {
            return Fail(planned, 400, "value", "bundle-request-url", "The url of a POST is a resource type and nothing else.", ".request.url");
        }

        if (!TryText(request, "ifNoneExist"u8, out var condition))
        {
            return Fail(planned, 400, Structure, Shape, "ifNoneExist is no string.", ".request.ifNoneExist");
        }

        if (condition is not null)
        {
            planned = planned with { IfNoneExist = IdentifierConditions.Parse(url.Type, condition, out var problem) };
            if (planned.IfNoneExist is null)
            {
                return Unsupported(planned, problem, ".request.ifNoneExist");
            }
        }

        return Foreign(planned, request, "ifMatch"u8, "ifNoneMatch"u8, "ifModifiedSince"u8) ?? WithResource(planned, entry);
    }

    private static PlannedEntry Update(PlannedEntry planned, JsonElement entry, JsonElement request, RequestUrl url)
    {
        planned = planned with { Action = EntryAction.Update };
        if (url.Query is not null)
        {
            return Unsupported(planned, "a conditional update", ".request.url");
        }

        if (url.Id is null || url.Rest is not null)
        {
            return Fail(planned, 400, "value", "bundle-request-url", "The url of a PUT is Type/id.", ".request.url");
        }

        planned = Matching(planned, request);
        return planned.Failure is not null ? planned : Foreign(planned, request, "ifNoneExist"u8, "ifNoneMatch"u8, "ifModifiedSince"u8) ?? WithResource(planned, entry);
    }

    private static PlannedEntry Delete(PlannedEntry planned, JsonElement entry, JsonElement request, RequestUrl url)
    {
        planned = planned with { Action = EntryAction.Delete };
        if (url.Query is not null)
        {
            return Unsupported(planned, "a conditional delete", ".request.url");
        }

        if (url.Id is null || url.Rest is not null)
        {
            return Fail(planned, 400, "value", "bundle-request-url", "The url of a DELETE is Type/id.", ".request.url");
        }

        planned = Matching(planned, request);
        return planned.Failure is not null ? planned : Foreign(planned, request, "ifNoneExist"u8, "ifNoneMatch"u8, "ifModifiedSince"u8) ?? WithoutResource(planned, entry);
    }

    /// <summary>A GET may carry ifNoneMatch and ifModifiedSince; the hub always answers with the content, which R4 allows.</summary>
    private static PlannedEntry Get(PlannedEntry planned, JsonElement entry, RequestUrl url, string written) =>
        url.Rest is { } rest && rest.StartsWith('_') && !rest.StartsWith("_history", StringComparison.Ordinal)
            ? Fail(planned, 400, "value", "bundle-request-url", "The url of a GET is no read, history or search.", ".request.url")
            : WithoutResource(planned with { Action = EntryAction.Get, Url = written.StartsWith('/') ? written[1..] : written }, entry);

    private static PlannedEntry Matching(PlannedEntry planned, JsonElement request)
    {
        if (!TryText(request, "ifMatch"u8, out var written))
        {
            return Fail(planned, 400, Structure, "if-match", "ifMatch is no string.", ".request.ifMatch");
        }

        if (written is null)
        {
            return planned;
        }

        var tag = written.StartsWith("W/", StringComparison.Ordinal) ? written[2..] : written;
        return tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && int.TryParse(tag[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? planned with { IfMatch = version }
            : Fail(planned, 400, "value", "if-match", "ifMatch is no version tag of the form W/\"1\".", ".request.ifMatch");
    }

    /// <summary>A condition that the hub would not keep is refused rather than passed over.</summary>
    private static PlannedEntry? Foreign(PlannedEntry planned, JsonElement request, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        var name = request.TryGetProperty(first, out _) ? first : request.TryGetProperty(second, out _) ? second : request.TryGetProperty(third, out _) ? third : default;
        return name.IsEmpty ? null : Unsupported(planned, Encoding.UTF8.GetString(name), "." + "request." + Encoding.UTF8.GetString(name));
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

        if (!TryText(root, "id"u8, out var id) || (planned.Action == EntryAction.Update && id != planned.Id))
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
        planned with { Failure = Failure.Of(status, type, code, diagnostics, string.Create(CultureInfo.InvariantCulture, $"Bundle.entry[{planned.Index}]{element}")) };
}
