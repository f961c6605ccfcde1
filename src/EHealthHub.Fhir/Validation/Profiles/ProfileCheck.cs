using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.FhirPath;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>
/// Checks a structurally valid resource against the profiles that it names and the hub holds. Issues are of the types business-rule and invariant: the resource is FHIR, but not what it says it is (422). Constraints run on the SDK's
/// FHIRPath engine, for these resources alone.
/// </summary>
internal static class ProfileCheck
{
    private const int ProfilesMax = 8;

    /// <summary>Largest resource whose constraints are evaluated: the SDK's model costs much more than its bytes.</summary>
    private const int BytesMax = 1024 * 1024;

    /// <summary>The canonical URLs of <c>meta.profile</c> that the hub holds.</summary>
    public static IEnumerable<Profile> Claimed(JsonElement root)
    {
        if (!root.TryGetProperty("meta"u8, out var meta) || meta.ValueKind != JsonValueKind.Object || !meta.TryGetProperty("profile"u8, out var list) || list.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var claim in list.EnumerateArray().Take(ProfilesMax))
        {
            var url = claim.ValueKind == JsonValueKind.String ? claim.GetString()!.Split('|')[0] : "";
            if (Profile.Held.TryGetValue(url, out var profile))
            {
                yield return profile;
            }
        }
    }

    public static ImmutableArray<Issue> Run(FhirResource resource, Profile profile, string path)
    {
        if (resource.Type != profile.Type)
        {
            return [Issue.Error("business-rule", "profile-type", $"The profile {profile.Url} is for {profile.Type}.", path + ".meta.profile")];
        }

        var issues = ImmutableArray.CreateBuilder<Issue>();
        foreach (var element in profile.Elements)
        {
            Visit(resource.Root, element, 0, path, profile, issues);
        }

        if (issues.Count == 0 && profile.Constraints.Length > 0)
        {
            Constraints(resource, profile, path, issues);
        }

        return issues.ToImmutable();
    }

    /// <summary>Walks to the parents of the element; below each of them the occurrences are counted and compared.</summary>
    private static void Visit(JsonElement parent, ProfileElement element, int depth, string path, Profile profile, ImmutableArray<Issue>.Builder issues)
    {
        var name = element.Path[depth];
        var place = path + "." + name;
        var occurrences = Occurrences(parent, name);
        if (depth < element.Path.Length - 1)
        {
            for (var i = 0; i < occurrences.Count; i++)
            {
                if (occurrences[i].Value.ValueKind == JsonValueKind.Object)
                {
                    Visit(occurrences[i].Value, element, depth + 1, occurrences[i].Repeats ? Indexed(place, i) : place, profile, issues);
                }
            }

            return;
        }

        if (occurrences.Count < element.Min || occurrences.Count > element.Max)
        {
            issues.Add(Issue.Error("business-rule", "profile-cardinality", $"The profile {profile.Url} asks for {element.Min}..{element.Max?.ToString(CultureInfo.InvariantCulture) ?? "*"}, and there are {occurrences.Count}.", place));
        }

        for (var i = 0; i < occurrences.Count; i++)
        {
            if (element.Codes is { } codes && !codes.Holds(occurrences[i].Value))
            {
                issues.Add(Issue.Error("code-invalid", "profile-binding", $"The code is not in {codes.Url}, to which the profile {profile.Url} binds it.", occurrences[i].Repeats ? Indexed(place, i) : place));
            }

            if (element.Pattern is { } pattern && !Contains(occurrences[i].Value, pattern))
            {
                issues.Add(Issue.Error("business-rule", "profile-pattern", $"The value is not the one that the profile {profile.Url} fixes.", occurrences[i].Repeats ? Indexed(place, i) : place));
            }
        }
    }

    private static List<(JsonElement Value, bool Repeats)> Occurrences(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var value))
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => (v, true))] : [(value, false)];
    }

    /// <summary>R4's pattern[x]: every member of the pattern is there with a value that contains the pattern's; every item of a pattern's list is matched by some item.</summary>
    private static bool Contains(JsonElement value, JsonElement pattern) => pattern.ValueKind switch
    {
        JsonValueKind.Object => value.ValueKind == JsonValueKind.Object && pattern.EnumerateObject().All(m => value.TryGetProperty(m.Name, out var v) && Contains(v, m.Value)),
        JsonValueKind.Array => value.ValueKind == JsonValueKind.Array && pattern.EnumerateArray().All(p => value.EnumerateArray().Any(v => Contains(v, p))),
        JsonValueKind.String => value.ValueKind == JsonValueKind.String && value.ValueEquals(pattern.GetString()),
        _ => value.ValueKind == pattern.ValueKind && value.GetRawText() == pattern.GetRawText(),
    };

    private static void Constraints(FhirResource resource, Profile profile, string path, ImmutableArray<Issue>.Builder issues)
    {
        var json = JsonMarshal.GetRawUtf8Value(resource.Root);
        if (json.Length > BytesMax)
        {
            issues.Add(Issue.Error("business-rule", "profile-too-large", $"A resource that claims the profile {profile.Url} has at most {BytesMax} bytes.", path));
            return;
        }

        // What the validator lets through the SDK reads too, but for a few values that .NET cannot hold (a leap second); those are left as they are, and the constraint judges what was written.
        var reader = new Utf8JsonReader(json);
        if (!FhirJsonDeserializer.OSTRICH.TryDeserializeResource(ref reader, out var model, out _) && model is null)
        {
            issues.Add(Issue.Error("invariant", "profile-unreadable", $"The rules of the profile {profile.Url} cannot be decided on this resource.", path));
            return;
        }

        var node = model.ToPocoNode();
        foreach (var constraint in profile.Constraints)
        {
            if (!constraint.Compiled.IsTrue(node, new EvaluationContext()))
            {
                issues.Add(Issue.Error("invariant", "profile-" + constraint.Key, constraint.Human, path));
            }
        }
    }

    private static string Indexed(string place, int index) => string.Create(CultureInfo.InvariantCulture, $"{place}[{index}]");
}
