using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Access.Consent;

/// <summary>Tells whom the registry knows by a reference of a directory resource, or by an identifier. Asks nobody outside: what it needs is gathered before.</summary>
/// <param name="reference">Literal reference (<c>Organization/1</c>); null where there is none.</param>
/// <param name="system">System of a logical reference's identifier; null where there is none.</param>
/// <param name="value">Value of that identifier; null where there is none.</param>
public delegate ConsentActor ActorResolver(string? reference, string? system, string? value);

/// <summary>What a Consent says.</summary>
/// <param name="Directive">Its rules; null where it says nothing of access: not active, or of a scope that is not about privacy or research.</param>
/// <param name="Setting">The security setting that it makes; null where it makes none.</param>
/// <param name="Issues">What is not understood or missing. A submission with any is refused (422); where one is stored all the same, the rules fail closed.</param>
public sealed record ConsentReading(ConsentDirective? Directive, SecuritySetting? Setting, ImmutableArray<Issue> Issues);

/// <summary>
/// Reads a FHIR R4 Consent after IHE PCF (foundation, basic, intermediate, advanced) into rules. Two things of PCF are wider here: exceptions may have exceptions, and <c>class</c> and <c>code</c> restrict what a provision is about, as R4 defines
/// them. What is not understood never makes a consent less restrictive: a permission that has it permits nothing, a denial denies as if it were not there.
/// </summary>
public static class ConsentReader
{
    /// <summary>Code system of the hub's categories of consents.</summary>
    public const string CategorySystem = "https://ehealthhub.example/fhir/CodeSystem/consent-category";

    /// <summary>The category of a consent that makes the security setting.</summary>
    public const string SettingCategory = "security-setting";

    /// <summary>Begin of the <c>policy.uri</c> that names a setting: <c>regulation</c>, <c>treating-clinicians</c>, <c>family-doctor</c> or <c>closed</c>.</summary>
    public const string SettingPolicy = "https://ehealthhub.example/fhir/policy/security-setting/";

    /// <summary>Most provisions of one consent.</summary>
    public const int ProvisionsMax = 64;

    /// <summary>Deepest nesting of provisions, the root not counted.</summary>
    public const int DepthMax = 4;

    private const string ScopeSystem = "http://terminology.hl7.org/CodeSystem/consentscope";

    /// <summary>Reads a Consent resource that is valid R4.</summary>
    public static ConsentReading Read(JsonElement consent, ActorResolver resolve)
    {
        if (ConsentJson.Text(consent, "status") != "active")
        {
            return new(null, null, []);
        }

        var issues = ImmutableArray.CreateBuilder<Issue>();
        var isUnknown = HasUnknown(consent, issues);
        var scope = ConsentJson.Code(ConsentJson.Member(consent, "scope"), ScopeSystem);
        if (scope is "adr" or "treatment")
        {
            return new(null, null, []);
        }

        if (scope is not ("patient-privacy" or "research"))
        {
            isUnknown = true;
            issues.Add(ConsentJson.NotUnderstood("Consent.scope", "The scope is patient-privacy or research."));
        }

        Require(consent, issues);
        var id = ConsentJson.Text(consent, "id") ?? "";
        if (IsSetting(consent))
        {
            return new(new ConsentDirective(id, []), ReadSetting(consent, isUnknown, issues), issues.ToImmutable());
        }

        var rules = new ProvisionReader(resolve, issues).Read(consent, isUnknown);
        return new(new ConsentDirective(id, rules), null, issues.ToImmutable());
    }

    /// <summary>What keeps a Consent from being accepted: empty for one that the hub understands whole and will enforce to the letter.</summary>
    public static ImmutableArray<Issue> Check(JsonElement consent, ActorResolver resolve) => Read(consent, resolve).Issues;

    /// <summary>All active consents of a patient together: the narrowest of several settings counts.</summary>
    public static (ImmutableArray<ConsentDirective> Directives, SecuritySetting Setting) ReadAll(IEnumerable<JsonElement> consents, ActorResolver resolve)
    {
        var directives = ImmutableArray.CreateBuilder<ConsentDirective>();
        var setting = SecuritySetting.Regulation;
        foreach (var reading in consents.Select(c => Read(c, resolve)))
        {
            setting = reading.Setting > setting ? reading.Setting.Value : setting;
            if (reading.Directive is { Rules.Length: > 0 } directive)
            {
                directives.Add(directive);
            }
        }

        return (directives.ToImmutable(), setting);
    }

    /// <summary>Modifiers, and what PCF does not use because it would have to change the meaning.</summary>
    private static bool HasUnknown(JsonElement consent, ImmutableArray<Issue>.Builder issues)
    {
        var before = issues.Count;
        foreach (var name in new[] { "implicitRules", "modifierExtension", "verification" })
        {
            if (ConsentJson.Member(consent, name).ValueKind != JsonValueKind.Undefined)
            {
                issues.Add(ConsentJson.NotUnderstood("Consent." + name, $"The hub enforces no consent that has {name}."));
            }
        }

        return issues.Count > before;
    }

    /// <summary>What PCF requires of every consent and the rules rest on.</summary>
    private static void Require(JsonElement consent, ImmutableArray<Issue>.Builder issues)
    {
        foreach (var name in new[] { "patient", "dateTime", "performer" })
        {
            if (ConsentJson.Member(consent, name).ValueKind == JsonValueKind.Undefined)
            {
                issues.Add(Issue.Error("required", "consent-incomplete", $"A consent needs {name} (IHE PCF).", "Consent." + name));
            }
        }
    }

    private static bool IsSetting(JsonElement consent) =>
        ConsentJson.Items(consent, "category").Any(c => ConsentJson.Code(c, CategorySystem) == SettingCategory);

    /// <summary>A setting has no provisions. One that is not understood closes the record to clinicians.</summary>
    private static SecuritySetting ReadSetting(JsonElement consent, bool isUnknown, ImmutableArray<Issue>.Builder issues)
    {
        var uris = ConsentJson.Items(consent, "policy").Select(p => ConsentJson.Text(p, "uri")).ToList();
        SecuritySetting? setting = uris is not [{ } uri] || !uri.StartsWith(SettingPolicy, StringComparison.Ordinal) ? null : uri[SettingPolicy.Length..] switch
        {
            "regulation" => SecuritySetting.Regulation,
            "treating-clinicians" => SecuritySetting.TreatingClinicians,
            "family-doctor" => SecuritySetting.FamilyDoctor,
            "closed" => SecuritySetting.Closed,
            _ => null,
        };
        if (setting is null)
        {
            issues.Add(ConsentJson.NotUnderstood("Consent.policy", $"A security setting is named by exactly one policy.uri: {SettingPolicy} and regulation, treating-clinicians, family-doctor or closed."));
        }

        if (ConsentJson.Member(consent, "provision").ValueKind != JsonValueKind.Undefined)
        {
            issues.Add(ConsentJson.NotUnderstood("Consent.provision", "A security setting has no provisions: they belong in a consent of their own."));
            return SecuritySetting.Closed;
        }

        return isUnknown ? SecuritySetting.Closed : setting ?? SecuritySetting.Closed;
    }
}
