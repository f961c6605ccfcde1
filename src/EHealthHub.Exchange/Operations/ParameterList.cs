using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Exchange.Operations;

/// <summary>The primitive values of a Parameters resource as names and texts: what an operation takes from an address as well.</summary>
public static class ParameterList
{
    private const int ParametersMax = 100;

    /// <summary>The pairs; 400 for what is no Parameters resource, or holds a value with parts.</summary>
    public static Result<IReadOnlyList<KeyValuePair<string, string>>> Read(FhirResource resource)
    {
        if (resource.Type != "Parameters")
        {
            return Failure.Of(400, "invalid", "parameters-expected", "Post a Parameters resource.", "resourceType");
        }

        var pairs = new List<KeyValuePair<string, string>>();
        var list = resource.Root.TryGetProperty("parameter"u8, out var parameters) && parameters.ValueKind == JsonValueKind.Array ? parameters.EnumerateArray() : default;
        foreach (var parameter in list)
        {
            if (pairs.Count == ParametersMax || Pair(parameter) is not { } pair)
            {
                return Failure.Of(400, "invalid", "parameter-invalid", "Each parameter has a name and one primitive value; at most 100.", FormattableString.Invariant($"Parameters.parameter[{pairs.Count}]"));
            }

            pairs.Add(pair);
        }

        return pairs;
    }

    private static KeyValuePair<string, string>? Pair(JsonElement parameter)
    {
        if (parameter.ValueKind != JsonValueKind.Object || !parameter.TryGetProperty("name"u8, out var name) || name.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        foreach (var member in parameter.EnumerateObject().Where(m => m.Name.StartsWith("value", StringComparison.Ordinal)))
        {
            return member.Value.ValueKind switch
            {
                JsonValueKind.String => KeyValuePair.Create(name.GetString()!, member.Value.GetString()!),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => KeyValuePair.Create(name.GetString()!, member.Value.GetRawText()),
                _ => null,
            };
        }

        return null;
    }
}
