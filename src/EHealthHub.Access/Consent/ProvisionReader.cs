using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Access.Consent;

/// <summary>Flattens the provisions of one consent. A nested provision says anew what it says; what it leaves out it holds from its parent; it is never in force longer than that.</summary>
internal sealed class ProvisionReader(ActorResolver resolve, ImmutableArray<Issue>.Builder issues)
{
    private const string ParticipationSystem = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
    private const string ReasonSystem = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    private const string TypeSystem = "http://hl7.org/fhir/resource-types";
    private const string ActCodeSystem = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    private readonly ImmutableArray<ConsentRule>.Builder _rules = ImmutableArray.CreateBuilder<ConsentRule>();
    private bool _isTooMuch;

    public ImmutableArray<ConsentRule> Read(JsonElement consent, bool isUnknown)
    {
        var root = ConsentJson.Member(consent, "provision");
        var said = root.ValueKind == JsonValueKind.Undefined ? null : ConsentJson.Text(root, "type");
        if (said is null && ConsentJson.Member(consent, "policyRule") is { ValueKind: JsonValueKind.Object } policy)
        {
            // R4 without PCF: the policy says whether the root permits or denies.
            said = ConsentJson.Code(policy, ActCodeSystem) switch { "OPTIN" or "OPTINR" => "permit", "OPTOUT" or "OPTOUTE" => "deny", _ => null };
        }

        var start = new ConsentRule { Permits = false, Depth = 0, HasUnknown = isUnknown };
        Add(root, "Consent.provision", said, start, 0);
        if (_isTooMuch)
        {
            issues.Add(Issue.Error("too-long", "consent-too-large", $"A consent has at most {ConsentReader.ProvisionsMax} provisions, nested at most {ConsentReader.DepthMax} deep.", "Consent.provision"));
            return [start with { HasUnknown = true }];
        }

        return _rules.ToImmutable();
    }

    private void Add(JsonElement provision, string place, string? type, ConsentRule parent, int depth)
    {
        if (depth > ConsentReader.DepthMax || _rules.Count >= ConsentReader.ProvisionsMax)
        {
            _isTooMuch = true;
            return;
        }

        var rule = parent with { Permits = type == "permit", Depth = depth };
        if (type is not ("permit" or "deny"))
        {
            rule = Unknown(rule, place + ".type", "A provision permits or denies.");
        }

        rule = provision.ValueKind == JsonValueKind.Object ? Said(rule, provision, place) : rule;
        _rules.Add(rule);
        var i = 0;
        foreach (var nested in ConsentJson.Items(provision, "provision"))
        {
            Add(nested, $"{place}.provision[{i++}]", ConsentJson.Text(nested, "type"), rule, depth + 1);
        }
    }

    private ConsentRule Said(ConsentRule rule, JsonElement provision, string place)
    {
        foreach (var member in provision.EnumerateObject())
        {
            var at = place + "." + member.Name;
            rule = member.Name switch
            {
                "id" or "extension" or "type" or "provision" => rule,
                "period" => WithPeriod(rule, member.Value, at),
                "actor" => WithActors(rule, member.Value, at),
                "purpose" => WithPurposes(rule, member.Value, at),
                "class" => WithTypes(rule, member.Value, at),
                "code" => WithCodes(rule, member.Value, at),
                "securityLabel" => WithLabels(rule, member.Value, at),
                "dataPeriod" => WithDataPeriod(rule, member.Value, at),
                "data" => WithData(rule, member.Value, at),
                _ when member.Name.StartsWith('_') => rule,
                _ => Unknown(rule, at, $"The hub enforces no provision that has {member.Name}."),
            };
        }

        return rule;
    }

    private ConsentRule Unknown(ConsentRule rule, string place, string diagnostics)
    {
        issues.Add(ConsentJson.NotUnderstood(place, diagnostics));
        return rule with { HasUnknown = true };
    }

    /// <summary>Days without a time are days of the patient's own clock.</summary>
    private ConsentRule WithPeriod(ConsentRule rule, JsonElement value, string place) => ConsentPeriod.TryRead(value, PolicySettings.LocalOffset, out var from, out var until)
        ? rule with { From = from > rule.From || rule.From is null ? from ?? rule.From : rule.From, Until = until < rule.Until || rule.Until is null ? until ?? rule.Until : rule.Until }
        : Unknown(rule, place, "The period is not one.");

    /// <summary>Dates of care are compared as search compares them, in UTC.</summary>
    private ConsentRule WithDataPeriod(ConsentRule rule, JsonElement value, string place) => ConsentPeriod.TryRead(value, TimeSpan.Zero, out var from, out var until)
        ? rule with { DataFrom = from, DataUntil = until }
        : Unknown(rule, place, "The period is not one.");

    private ConsentRule WithActors(ConsentRule rule, JsonElement value, string place)
    {
        var actors = ImmutableArray.CreateBuilder<ConsentActor>();
        foreach (var actor in List(value))
        {
            var reference = ConsentJson.Member(actor, "reference");
            var identifier = ConsentJson.Member(reference, "identifier");
            var isPlain = actor.ValueKind == JsonValueKind.Object && actor.EnumerateObject().All(m => m.Name is "id" or "extension" or "role" or "reference");
            var isRecipient = ConsentJson.Code(ConsentJson.Member(actor, "role"), ParticipationSystem) is "IRCP" or "PRCP";
            var found = isPlain && isRecipient ? resolve(ConsentJson.Text(reference, "reference"), ConsentJson.Text(identifier, "system"), ConsentJson.Text(identifier, "value")) : new ConsentActor(ActorKind.NotUnderstood, "");
            if (found.Kind is ActorKind.NotUnderstood or ActorKind.Nobody)
            {
                issues.Add(ConsentJson.NotUnderstood($"{place}[{actors.Count}]", "An actor is a registered institution or person in the role IRCP (information recipient)."));
            }

            actors.Add(found);
        }

        return actors.Count == 0 ? Unknown(rule, place, "A list of actors names one.") : rule with { Actors = actors.ToImmutable() };
    }

    private ConsentRule WithPurposes(ConsentRule rule, JsonElement value, string place)
    {
        var purposes = List(value).Select(c => ConsentJson.Text(c, "system") == ReasonSystem ? ConsentJson.Text(c, "code") : null).ToArray();
        return purposes.Length == 0 || purposes.Contains(null)
            ? Unknown(rule, place, "Purposes are codes of v3-ActReason.") with { Purposes = [] }
            : rule with { Purposes = [.. purposes!] };
    }

    private ConsentRule WithTypes(ConsentRule rule, JsonElement value, string place)
    {
        var types = List(value).Select(c => ConsentJson.Text(c, "system") == TypeSystem ? ConsentJson.Text(c, "code") : null).ToArray();
        return types.Length == 0 || types.Contains(null)
            ? Unknown(rule, place, "A class is a resource type.") with { Types = [] }
            : rule with { Types = [.. types!] };
    }

    private ConsentRule WithCodes(ConsentRule rule, JsonElement value, string place)
    {
        var codes = ImmutableArray.CreateBuilder<string>();
        var isWhole = true;
        foreach (var concept in List(value))
        {
            var before = codes.Count;
            foreach (var coding in ConsentJson.Items(concept, "coding"))
            {
                if (ConsentJson.Text(coding, "system") is { Length: > 0 } system && ConsentJson.Text(coding, "code") is { Length: > 0 } code)
                {
                    codes.Add(system + "|" + code);
                }
            }

            isWhole &= codes.Count > before;
        }

        return codes.Count == 0 || !isWhole ? Unknown(rule, place, "A code has a system and a code.") with { Codes = [] } : rule with { Codes = codes.ToImmutable() };
    }

    /// <summary>Several confidentialities permit up to the highest, and deny from the lowest.</summary>
    private ConsentRule WithLabels(ConsentRule rule, JsonElement value, string place)
    {
        var sensitivities = Sensitivities.None;
        Confidentiality? confidentiality = null;
        var isWhole = true;
        foreach (var coding in List(value))
        {
            var code = ConsentJson.Text(coding, "code");
            switch (ConsentJson.Text(coding, "system"))
            {
                case ResourceLabels.ConfidentialitySystem when ResourceLabels.ConfidentialityOf(code) is { } level:
                    confidentiality = confidentiality is { } said && (said > level) == rule.Permits ? said : level;
                    break;
                case ResourceLabels.SensitivitySystem when ResourceLabels.SensitivityOf(code) is var reason && reason != Sensitivities.Other:
                    sensitivities |= reason;
                    break;
                default:
                    isWhole = false;
                    break;
            }
        }

        return !isWhole || (sensitivities == Sensitivities.None && confidentiality is null)
            ? Unknown(rule, place, "A label is a confidentiality or a sensitivity that the hub assigns: PSY, SEX, HIV, ETH, GDIS, SDV, or one of their kinds.") with { Sensitivities = Sensitivities.None, Confidentiality = null }
            : rule with { Sensitivities = sensitivities, Confidentiality = confidentiality };
    }

    private ConsentRule WithData(ConsentRule rule, JsonElement value, string place)
    {
        var data = ImmutableArray.CreateBuilder<ConsentData>();
        foreach (var item in List(value))
        {
            var reference = ConsentJson.Text(ConsentJson.Member(item, "reference"), "reference");
            DataMeaning? meaning = ConsentJson.Text(item, "meaning") switch
            {
                "instance" => DataMeaning.Instance,
                "related" => DataMeaning.Related,
                "authoredby" => DataMeaning.AuthoredBy,
                _ => null,
            };
            if (meaning is not { } known || reference is null || !IsLiteral(reference) || item.EnumerateObject().Any(m => m.Name == "modifierExtension"))
            {
                return Unknown(rule, place, "Data are named by instance, related or authoredby, and by a reference of the form Type/id.") with { Data = [] };
            }

            data.Add(new ConsentData(known, reference));
        }

        return data.Count == 0 ? Unknown(rule, place, "A list of data names some.") : rule with { Data = data.ToImmutable() };
    }

    private static bool IsLiteral(string reference) =>
        reference.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash < reference.Length - 1 && char.IsAsciiLetterUpper(reference[0]) && reference.AsSpan(slash + 1).IndexOfAny('/', '#', '|') < 0;

    private static JsonElement[] List(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
}
