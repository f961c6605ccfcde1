using System.Text.Json;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>CodeSystem/$validate-code and ValueSet/$validate-code (R4 4.8.20.3, 4.9.18.2): whether a code is in a system or set, and whether the display said with it is one of its names.</summary>
internal static class ValidateCodeOperation
{
    /// <summary>Most codings of one concept that are looked at.</summary>
    private const int CodingsMax = 100;

    public static Result<byte[]> OfCodeSystem(TerminologyCatalog catalog, OperationInput input, string language)
    {
        if (input.Refuse("url", "codeSystem", "code", "version", "display", "coding", "codeableConcept", "?abstract", "displayLanguage") is { } refused)
        {
            return refused;
        }

        if (!Asked(input, input.Text("url"), null).Try(out var codings, out var failure))
        {
            return failure;
        }

        var url = input.Text("url") ?? codings[0].System;
        if (!LookupOperation.System(catalog, input, url, input.Text("version")).Try(out var system, out failure))
        {
            return failure;
        }

        var of = codings.FindAll(c => c.System is null || c.System == system.Url);
        var found = of.FirstOrDefault(c => system.Find(c.Code) is not null);
        if (found is null)
        {
            return system.IsComplete ? No(language, $"The code is not in {system.Url}.", $"Kod {system.Url} içinde yok.", of.FirstOrDefault() ?? codings[0]) : Unknown($"The whole content of {system.Url} is not held.");
        }

        return Answer(system.Find(found.Code)!, [], null, found with { System = system.Url }, input, language);
    }

    public static Result<byte[]> OfValueSet(TerminologyCatalog catalog, OperationInput input, string language)
    {
        if (input.Refuse("url", "valueSet", "valueSetVersion", "code", "system", "systemVersion", "display", "coding", "codeableConcept", "?abstract", "displayLanguage") is { } refused)
        {
            return refused;
        }

        if (!ExpandOperation.Find(catalog, input).Try(out var set, out var failure) || !Asked(input, input.Text("system"), input.Text("systemVersion")).Try(out var codings, out failure))
        {
            return failure;
        }

        var isUnknown = false;
        foreach (var coding in codings)
        {
            switch (new ValueSetReader(catalog).Contains(set, coding.System, coding.Code))
            {
                case CodeMembership.Yes:
                    return Version(catalog, set, coding) ?? InSet(catalog, set, coding, input, language);
                case CodeMembership.Unknown:
                    isUnknown = true;
                    break;
                default:
                    break;
            }
        }

        return isUnknown ? Unknown("The hub does not hold what would decide this.") : No(language, "The code is not in the value set.", "Kod, değer kümesinde yok.", codings[0]);
    }

    /// <summary>A failure for a version of the code system that is not held, or that is not the one which the value set is defined over.</summary>
    private static Failure? Version(TerminologyCatalog catalog, HeldValueSet set, Asking coding)
    {
        if (coding is not { System: { } system, Version: { } version } || catalog.CodeSystem(system) is null)
        {
            return null;
        }

        return catalog.CodeSystem(system, version) is null ? Failure.Of(404, "not-found", "code-system-unknown", $"The code system {system}|{version} is not held.")
            : set.Includes.FirstOrDefault(i => i.System == system && i.Version is not null && i.Version != version) is { } other ? Failure.Of(422, "business-rule", "code-system-version", $"The value set is defined over {system}|{other.Version}.")
            : null;
    }

    private static Result<byte[]> InSet(TerminologyCatalog catalog, HeldValueSet set, Asking coding, OperationInput input, string language)
    {
        // A code without a system is told its system, if only one include can have it.
        var system = coding.System ?? set.Includes.FirstOrDefault(i => i.System is not null && (i.Lists(coding.Code) || catalog.CodeSystem(i.System)?.Find(coding.Code) is not null))?.System;
        var concept = system is null ? null : catalog.CodeSystem(system)?.Find(coding.Code);
        if (concept is { IsAbstract: true } && input.Text("abstract") == "false")
        {
            return No(language, "The code only groups others.", "Kod yalnızca diğer kodları gruplar.", coding);
        }

        var listed = set.Includes.Where(i => i.System == system).SelectMany(i => i.Listed).Where(l => l.Code == coding.Code).ToList();
        return Answer(concept, [.. listed.SelectMany(l => l.Designations.Select(d => d.Value).Append(l.Display ?? ""))], listed.Find(l => l.Display is not null)?.Display, coding with { System = system }, input, language);
    }

    private static byte[] Answer(Concept? concept, string[] names, string? display, Asking coding, OperationInput input, string language)
    {
        var wanted = input.Text("displayLanguage");
        var shown = (wanted is null ? null : concept?.Designations.FirstOrDefault(d => d.Speaks(wanted))?.Value) ?? display ?? concept?.Display;
        string?[] all = [.. names, shown, concept?.Display, .. concept?.Designations.Select(d => d.Value) ?? []];
        var hasNames = all.Any(n => !string.IsNullOrEmpty(n));
        var isRight = coding.Display is null || !hasNames || all.Contains(coding.Display, StringComparer.OrdinalIgnoreCase);
        using var answer = new ParametersWriter();
        answer.Flag("result", isRight);
        if (!isRight)
        {
            answer.Text("message", "valueString", language == "tr" ? "Kod var, ancak verilen ad onun adlarından biri değil." : "The code is known, but the display is none of its names.");
        }

        answer.Text("display", "valueString", shown);
        answer.Text("code", "valueCode", coding.Code);
        answer.Text("system", "valueUri", coding.System);
        return answer.ToBytes();
    }

    private static byte[] No(string language, string english, string turkish, Asking coding)
    {
        using var answer = new ParametersWriter();
        answer.Flag("result", false);
        answer.Text("message", "valueString", language == "tr" ? turkish : english);
        answer.Text("code", "valueCode", coding.Code);
        answer.Text("system", "valueUri", coding.System);
        return answer.ToBytes();
    }

    private static Failure Unknown(string diagnostics) => Failure.Of(422, "not-supported", "code-undecided", diagnostics);

    /// <summary>What is asked for: code with system, coding, or the codings of a concept; one of them.</summary>
    private static Result<List<Asking>> Asked(OperationInput input, string? system, string? version)
    {
        var coding = input.Object("coding");
        var concept = input.Object("codeableConcept");
        var code = input.Text("code");
        if ((code is null ? 0 : 1) + (coding.ValueKind == JsonValueKind.Object ? 1 : 0) + (concept.ValueKind == JsonValueKind.Object ? 1 : 0) != 1)
        {
            return Failure.Of(400, "required", "parameter-invalid", "The operation needs one of code, coding and codeableConcept.");
        }

        var all = code is not null ? [new Asking(system, version, code, input.Text("display"))]
            : (coding.ValueKind == JsonValueKind.Object ? [coding] : concept.Items("coding"u8)).Take(CodingsMax).Where(c => c.Text("code"u8) is not null).Select(c => new Asking(c.Text("system"u8), c.Text("version"u8) ?? version, c.Text("code"u8)!, c.Text("display"u8))).ToList();
        return all.Count > 0 ? all : Failure.Of(400, "required", "parameter-invalid", "A coding has a code.");
    }

    private sealed record Asking(string? System, string? Version, string Code, string? Display);
}
