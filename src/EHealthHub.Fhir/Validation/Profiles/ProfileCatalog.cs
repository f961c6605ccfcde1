using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>
/// The profiles, extensions and datatype profiles that are held, compiled, with the terminology that their bindings ask. Immutable: uploading gives a new catalogue, so that a resource is always judged by one state. A definition that uses
/// what is not served is refused by name and element; none is half checked.
/// </summary>
public sealed class ProfileCatalog
{
    /// <summary>R4's one profile that its own elements use: a quantity without a comparator.</summary>
    private const string SimpleQuantity = """
        {"resourceType":"StructureDefinition","url":"http://hl7.org/fhir/StructureDefinition/SimpleQuantity","name":"SimpleQuantity","status":"active","kind":"complex-type","abstract":false,"type":"Quantity",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Quantity","derivation":"constraint","differential":{"element":[{"id":"Quantity","path":"Quantity"},{"id":"Quantity.comparator","path":"Quantity.comparator","max":"0"}]}}
        """;

    private static readonly JsonElement BuiltIn = JsonDocument.Parse(SimpleQuantity).RootElement.Clone();
    private static readonly Lazy<ProfileCatalog> OfFolder = new(() => Must(Empty(TerminologyCatalog.Held).Compile(HeldDefinitions.All.Where(IsDefinition), TerminologyCatalog.Held, out _, areTested: true)));

    private readonly ImmutableDictionary<string, JsonElement> _definitions;
    private readonly FrozenDictionary<string, Profile> _profiles;

    private ProfileCatalog(TerminologyCatalog terminology, ProfileLimits limits, ImmutableDictionary<string, JsonElement> definitions, FrozenDictionary<string, Profile> profiles)
    {
        (Terminology, Limits, _definitions, _profiles) = (terminology, limits, definitions, profiles);
        var extensions = profiles.Values.Where(p => p.Type == "Extension").Select(p => KeyValuePair.Create(p.Url, p.Url)).ToList();
        ExtensionUrls = extensions.Count == 0 ? null : new Utf8Table<string>(extensions);
    }

    /// <summary>The profiles of the folder fhir-profiles.</summary>
    public static ProfileCatalog Held => OfFolder.Value;

    /// <summary>What bindings are decided by.</summary>
    public TerminologyCatalog Terminology { get; }

    /// <summary>The bounds that it keeps.</summary>
    public ProfileLimits Limits { get; }

    /// <summary>Canonical URLs of what is held.</summary>
    public IReadOnlyCollection<string> Urls => _profiles.Keys;

    internal IEnumerable<Profile> All => _profiles.Values;

    /// <summary>The URLs of the extensions held, for which resources are walked; null where there are none.</summary>
    internal Utf8Table<string>? ExtensionUrls { get; }

    /// <summary>A catalogue without profiles of its own.</summary>
    public static ProfileCatalog Empty(TerminologyCatalog terminology, ProfileLimits? limits = null)
    {
        var none = new ProfileCatalog(terminology, limits ?? new ProfileLimits(), ImmutableDictionary.Create<string, JsonElement>(StringComparer.Ordinal), FrozenDictionary<string, Profile>.Empty);
        return Must(none.Compile([BuiltIn], terminology));
    }

    /// <summary>True where a profile of this canonical is held; a version behind a bar is looked at only if the profile has one.</summary>
    public bool Holds(string canonical) => Find(canonical) is not null;

    /// <summary>
    /// This catalogue with more StructureDefinitions, in place of those of the same URL; all or none. 422 names the definition, its element and what is not served, or what it rests on and is not held. What is uploaded is copied.
    /// </summary>
    public Result<ProfileCatalog> With(IReadOnlyCollection<FhirResource> definitions)
    {
        foreach (var definition in definitions)
        {
            if (Refuse(definition.Type, definition.Root) is { } failure)
            {
                return failure;
            }
        }

        return Compile(definitions.Select(d => d.Root.Clone()), Terminology);
    }

    /// <summary>As <see cref="With(IReadOnlyCollection{FhirResource})"/>, over other terminology and without some of what was held, all at once: definitions that rest on each other come and go together. 409 where it is what stays that fails.</summary>
    public Result<ProfileCatalog> With(IReadOnlyCollection<FhirResource> definitions, TerminologyCatalog terminology, IReadOnlyCollection<string> without)
    {
        foreach (var definition in definitions)
        {
            if (Refuse(definition.Type, definition.Root) is { } failure)
            {
                return failure;
            }
        }

        var left = new ProfileCatalog(terminology, Limits, _definitions.RemoveRange(without), _profiles);
        return left.Compile(definitions.Select(d => d.Root.Clone()), terminology, out var bad).Try(out var next, out var refusal) ? next
            : definitions.Any(d => d.Root.Text("url"u8) is { } url && bad.Contains(url)) ? refusal
            : refusal with { Status = 409 };
    }

    /// <summary>This catalogue with all that can be taken of many definitions, for the start from a store; what cannot is named in <paramref name="refused"/>.</summary>
    public ProfileCatalog WithAll(IEnumerable<JsonElement> definitions, out ImmutableArray<Issue> refused)
    {
        var issues = ImmutableArray.CreateBuilder<Issue>();
        var left = new List<JsonElement>();
        foreach (var definition in definitions.Where(IsDefinition))
        {
            if (Refuse("StructureDefinition", definition) is { } failure)
            {
                issues.AddRange(failure.Issues);
            }
            else
            {
                left.Add(definition.Clone());
            }
        }

        // What rests on a refused definition is refused in the next round; every round drops at least one.
        while (true)
        {
            if (Compile(left, Terminology, out var bad).Try(out var next, out var failure))
            {
                refused = issues.ToImmutable();
                return next;
            }

            issues.AddRange(failure.Issues);
            if (bad.Count == 0)
            {
                refused = issues.ToImmutable();
                return this;
            }

            left.RemoveAll(d => bad.Contains(d.Text("url"u8)!));
        }
    }

    /// <summary>This catalogue without a definition; 409 while another rests on it.</summary>
    public Result<ProfileCatalog> Without(string url)
    {
        var without = new ProfileCatalog(Terminology, Limits, _definitions.Remove(url), _profiles);
        return without.Compile([], Terminology).Try(out var next, out var failure) ? next : failure with { Status = 409 };
    }

    /// <summary>The same profiles over other terminology; 422 when a binding can then no longer be decided.</summary>
    public Result<ProfileCatalog> WithTerminology(TerminologyCatalog terminology) => Compile([], terminology);

    internal Profile? Find(string canonical)
    {
        var url = TerminologyCatalog.Split(canonical, out var version);
        return _profiles.TryGetValue(url, out var found) && (version is null || found.Version is null || found.Version == version) ? found : null;
    }

    /// <summary>The profiles that a resource claims in <c>meta.profile</c> and that are held.</summary>
    internal List<Profile> Claimed(JsonElement resource, ICollection<string>? unknown = null)
    {
        var claimed = new List<Profile>();
        if (!resource.TryGetProperty("meta"u8, out var meta) || !meta.Has("profile"u8))
        {
            return claimed;
        }

        foreach (var claim in meta.Items("profile"u8).Where(c => c.ValueKind == JsonValueKind.String).Take(Limits.ClaimsMax))
        {
            if (Find(claim.GetString()!) is { } profile)
            {
                claimed.Add(profile);
            }
            else
            {
                unknown?.Add(claim.GetString()!);
            }
        }

        return claimed;
    }

    private static bool IsDefinition(JsonElement resource) => resource.Is("resourceType"u8, "StructureDefinition");

    private static ProfileCatalog Must(Result<ProfileCatalog> result) =>
        result.Try(out var catalog, out var failure) ? catalog : throw new InvalidOperationException(string.Join(Environment.NewLine, failure.Issues.Select(i => i.Diagnostics)));

    private Failure? Refuse(string type, JsonElement root)
    {
        if (type != "StructureDefinition")
        {
            return Failure.Of(422, "not-supported", "profile-not-taken", "A StructureDefinition is expected.");
        }

        if (JsonMarshal.GetRawUtf8Value(root).Length > Limits.BytesMax)
        {
            return Failure.Of(422, "too-long", "profile-not-taken", $"A definition has at most {Limits.BytesMax} bytes.");
        }

        var issues = new ValidationRun().Validate(new FhirResource(type, root), 50, null);
        return issues.IsEmpty ? null : new Failure(422, issues);
    }

    private Result<ProfileCatalog> Compile(IEnumerable<JsonElement> added, TerminologyCatalog terminology) => Compile(added, terminology, out _);

    private Result<ProfileCatalog> Compile(IEnumerable<JsonElement> added, TerminologyCatalog terminology, out HashSet<string> bad, bool areTested = false)
    {
        bad = new HashSet<string>(StringComparer.Ordinal);
        var more = added.ToList();
        var areNew = areTested ? [] : more.Select(d => d.Text("url"u8)!).ToHashSet(StringComparer.Ordinal);
        var definitions = _definitions.SetItems(more.Select(d => KeyValuePair.Create(d.Text("url"u8)!, d)));
        if (definitions.Count > Limits.ProfilesMax)
        {
            return Failure.Of(422, "too-costly", "profile-not-taken", $"The hub holds at most {Limits.ProfilesMax} definitions.");
        }

        var compiler = new ProfileCompiler(new ProfileSource(definitions, terminology), Limits);
        var profiles = new Dictionary<string, Profile>(StringComparer.Ordinal);
        var issues = ImmutableArray.CreateBuilder<Issue>();
        foreach (var (url, definition) in definitions)
        {
            var refusals = new Refusals(url);
            if (compiler.Compile(definition, refusals) is { } profile && !refusals.Any)
            {
                profiles[url] = profile;
            }

            Note(refusals, url, issues, bad);
        }

        var next = new ProfileCatalog(terminology, Limits, definitions, profiles.ToFrozenDictionary(StringComparer.Ordinal));
        foreach (var (url, profile) in profiles)
        {
            var refusals = new Refusals(url);
            new ProfileLink(next, Limits, areNew.Contains(url), refusals).Check(profile);
            Note(refusals, url, issues, bad);
        }

        return issues.Count == 0 ? next : new Failure(422, issues.ToImmutable());
    }

    private static void Note(Refusals refusals, string url, ImmutableArray<Issue>.Builder issues, HashSet<string> bad)
    {
        if (refusals.Any)
        {
            bad.Add(url);
            issues.AddRange(refusals.ToIssues());
        }
    }
}
