using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>A call of <c>$validate</c> (R4 3.2.0.11 Resource/$validate): on a type or on an instance, with the resource itself or a Parameters resource around it.</summary>
public sealed record ValidationRequest
{
    /// <summary>Most profiles of one call.</summary>
    private const int ProfilesMax = 8;

    /// <summary>What is to be looked at; null where the call names none, so that the stored instance is meant (<c>with { Resource = ... }</c>), and for a delete.</summary>
    public FhirResource? Resource { get; init; }

    /// <summary>Canonicals of the profiles that are asked for, beside those that the resource claims.</summary>
    public ImmutableArray<string> Profiles { get; init; } = [];

    /// <summary>create, update, delete or profile; null for the content alone.</summary>
    public string? Mode { get; init; }

    /// <summary>The type in the address.</summary>
    public required string Type { get; init; }

    /// <summary>The id in the address; null for a call on the type.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// Reads a call. <paramref name="body"/> is what was posted, null for none; a Parameters resource with a parameter <c>resource</c>, <c>profile</c> or <c>mode</c> is unwrapped, and its resource is a view that lives as long as it.
    /// 400 for a mode that R4 does not have, or one that does not go with the address.
    /// </summary>
    public static Result<ValidationRequest> Read(string type, string? id, FhirResource? body, IEnumerable<KeyValuePair<string, string>> query)
    {
        var profiles = new List<string>();
        string? mode = null;
        foreach (var (name, value) in query.Where(p => !p.Key.StartsWith('_')))
        {
            switch (name)
            {
                case "profile":
                    profiles.Add(value);
                    break;
                case "mode":
                    mode = value;
                    break;
                default:
                    return Failure.Of(400, "not-supported", "parameter-invalid", $"The parameter '{JsonFrame.Printable(System.Text.Encoding.UTF8.GetBytes(name))}' is not served by $validate.");
            }
        }

        var resource = body;
        if (body is { Type: "Parameters" } && (type != "Parameters" || IsWrapped(body.Root)))
        {
            resource = null;
            foreach (var parameter in body.Root.Items("parameter"u8))
            {
                switch (parameter.Text("name"u8))
                {
                    case "resource" when parameter.TryGetProperty("resource"u8, out var inner) && inner.Text("resourceType"u8) is { } name && ResourceTypes.IsKnown(name):
                        resource = new FhirResource(name, inner);
                        break;
                    case "profile" when (parameter.Text("valueUri"u8) ?? parameter.Text("valueCanonical"u8)) is { } profile:
                        profiles.Add(profile);
                        break;
                    case "mode" when parameter.Text("valueCode"u8) is { } said:
                        mode = said;
                        break;
                    default:
                        return Failure.Of(400, "invalid", "parameter-invalid", "$validate takes the parameters resource, profile (uri or canonical) and mode (code).", "Parameters.parameter");
                }
            }
        }

        return Refuse(mode, id, resource, profiles.Count) is { } refused ? refused
            : new ValidationRequest { Type = type, Id = id, Resource = resource, Profiles = [.. profiles], Mode = mode };
    }

    private static bool IsWrapped(JsonElement parameters) => parameters.Items("parameter"u8).Any(p => p.Text("name"u8) is "resource" && p.Has("resource"u8));

    private static Failure? Refuse(string? mode, string? id, FhirResource? resource, int profiles)
    {
        if (mode is not (null or "create" or "update" or "delete" or "profile"))
        {
            return Failure.Of(400, "invalid", "parameter-invalid", "The mode is create, update, delete or profile.");
        }

        if (profiles > ProfilesMax)
        {
            return Failure.Of(400, "too-costly", "parameter-invalid", $"A call names at most {ProfilesMax} profiles.");
        }

        return (mode, id) switch
        {
            ("update" or "delete", null) => Failure.Of(400, "invalid", "parameter-invalid", $"The mode {mode} is for a call on an instance, [type]/[id]/$validate."),
            ("create", not null) => Failure.Of(400, "invalid", "parameter-invalid", "The mode create is for a call on the type, [type]/$validate."),
            _ when resource is null && id is null => Failure.Of(400, "required", "parameter-invalid", "A call on the type brings the resource along."),
            ("create" or "update", _) when resource is null => Failure.Of(400, "required", "parameter-invalid", $"The mode {mode} needs the resource."),
            _ => null,
        };
    }
}
