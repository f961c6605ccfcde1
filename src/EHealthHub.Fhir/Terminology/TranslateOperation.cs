using System.Text.Json;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>ConceptMap/$translate (R4 4.10.14.1): what a code is in another system, by one map or by all that fit; in reverse too.</summary>
internal static class TranslateOperation
{
    private const int MatchesMax = 1_000;

    /// <summary>Most maps that stand in for one another by <c>unmapped.mode = other-map</c>.</summary>
    private const int OtherMapsMax = 8;

    public static Result<byte[]> Run(TerminologyCatalog catalog, OperationInput input, string language)
    {
        if (input.Refuse("url", "conceptMap", "conceptMapVersion", "code", "system", "version", "source", "coding", "codeableConcept", "target", "targetsystem", "dependency", "?reverse") is { } refused)
        {
            return refused;
        }

        if (!Maps(catalog, input).Try(out var maps, out var failure))
        {
            return failure;
        }

        var matches = new List<Match>();
        var codings = Codings(input).ToList();
        if (codings.Count == 0)
        {
            return Failure.Of(400, "required", "parameter-invalid", "The operation needs a code and its system, a coding, or a codeableConcept.");
        }

        foreach (var map in maps)
        {
            foreach (var (system, code) in codings)
            {
                if (input.Flag("reverse"))
                {
                    Reverse(map, system, code, input, matches);
                }
                else
                {
                    Forward(catalog, map, system, code, input, matches, OtherMapsMax);
                }
            }
        }

        return Write(matches.Distinct().Take(MatchesMax).ToList(), language);
    }

    private static IEnumerable<(string? System, string Code)> Codings(OperationInput input)
    {
        if (input.Text("code") is { } code)
        {
            return [(input.Text("system"), code)];
        }

        var coding = input.Object("coding");
        return (coding.ValueKind == JsonValueKind.Object ? [coding] : input.Object("codeableConcept").Items("coding"u8))
            .Where(c => c.Text("code"u8) is not null).Take(100).Select(c => (c.Text("system"u8), c.Text("code"u8)!));
    }

    /// <summary>The map that is named or brought along; else all that are held for the source and target named.</summary>
    private static Result<List<HeldConceptMap>> Maps(TerminologyCatalog catalog, OperationInput input)
    {
        if (input.Object("conceptMap") is { ValueKind: JsonValueKind.Object } given)
        {
            return HeldConceptMap.Read(given).Try(out var read, out var failure) ? new List<HeldConceptMap> { read } : failure;
        }

        if (input.Text("url") is { } url)
        {
            var canonical = input.Text("conceptMapVersion") is { } version ? url + "|" + version : url;
            return catalog.ConceptMap(canonical) is { } held ? new List<HeldConceptMap> { held } : Failure.Of(404, "not-found", "concept-map-unknown", $"The concept map {canonical} is not held.");
        }

        var (source, target) = (input.Text("source"), input.Text("target"));
        if (target is null && input.Text("targetsystem") is null && source is null)
        {
            return Failure.Of(400, "required", "parameter-invalid", "The operation needs a concept map, or a source or target by which one is found.");
        }

        return catalog.Maps.Where(m => (source is null || m.Source == source) && (target is null || m.Target == target)).ToList();
    }

    private static void Forward(TerminologyCatalog catalog, HeldConceptMap map, string? system, string code, OperationInput input, List<Match> matches, int othersLeft)
    {
        foreach (var group in map.Groups.Where(g => (system is null || g.Source is null || Is(g.Source, system)) && (input.Text("targetsystem") is not { } wanted || Is(g.Target, wanted))))
        {
            if (group.Targets.TryGetValue(code, out var targets))
            {
                matches.AddRange(targets.Where(t => Depends(t, input)).Select(t => new Match(t.Equivalence, group.Target, t.Code, t.Display, map.Url, t.Products)));
            }
            else if (group.Unmapped is { } unmapped && matches.Count < MatchesMax)
            {
                Unmapped(catalog, map, group, unmapped, system, code, input, matches, othersLeft);
            }
        }
    }

    private static void Unmapped(TerminologyCatalog catalog, HeldConceptMap map, MapGroup group, Unmapped unmapped, string? system, string code, OperationInput input, List<Match> matches, int othersLeft)
    {
        switch (unmapped.Mode)
        {
            case "provided":
                matches.Add(new Match("equal", group.Target, code, null, map.Url, []));
                break;
            case "fixed":
                matches.Add(new Match("wider", group.Target, unmapped.Code, unmapped.Display, map.Url, []));
                break;
            case "other-map" when othersLeft > 0 && unmapped.Url is { } other && catalog.ConceptMap(other) is { } next:
                Forward(catalog, next, system, code, input, matches, othersLeft - 1);
                break;
            default:
                break;
        }
    }

    private static void Reverse(HeldConceptMap map, string? system, string code, OperationInput input, List<Match> matches)
    {
        foreach (var group in map.Groups.Where(g => (system is null || Is(g.Target, system)) && (input.Text("targetsystem") is not { } wanted || Is(g.Source, wanted))))
        {
            foreach (var (source, targets) in group.Targets)
            {
                matches.AddRange(targets.Where(t => t.Code == code).Select(t => new Match(Turned(t.Equivalence), group.Source, source, null, map.Url, [])));
            }
        }
    }

    private static string Turned(string equivalence) => equivalence switch
    {
        "wider" => "narrower",
        "narrower" => "wider",
        "subsumes" => "specializes",
        "specializes" => "subsumes",
        _ => equivalence,
    };

    private static bool Is(string? url, string wanted) => url is not null && TerminologyCatalog.Split(url, out _) == TerminologyCatalog.Split(wanted, out _);

    /// <summary>A mapping that depends on something counts only when the call says it.</summary>
    private static bool Depends(MapTarget target, OperationInput input)
    {
        if (target.DependsOn.IsEmpty)
        {
            return true;
        }

        var given = input.Parts("dependency").Select(d => (Element: d.Part("element").Text("valueUri"u8), Concept: d.Part("concept"))).ToList();
        return target.DependsOn.All(d => given.Exists(g => g.Element == d.Property && Says(g.Concept, d)));
    }

    private static bool Says(JsonElement concept, MapDependency wanted) =>
        concept.TryGetProperty("valueCodeableConcept"u8, out var value)
        && (value.Text("text"u8) == wanted.Value || value.Items("coding"u8).Any(c => c.Text("code"u8) == wanted.Value && (wanted.System is null || c.Text("system"u8) == wanted.System)));

    private static byte[] Write(List<Match> matches, string language)
    {
        using var answer = new ParametersWriter();
        var result = matches.Exists(m => m.Equivalence is not ("unmatched" or "disjoint"));
        answer.Flag("result", result);
        if (!result)
        {
            answer.Text("message", "valueString", language == "tr" ? "Eşleşen bir kod yok." : "No code matches.");
        }

        foreach (var match in matches)
        {
            answer.Parts("match", part =>
            {
                part.Text("equivalence", "valueCode", match.Equivalence);
                if (match.Code is { } code)
                {
                    part.Coding("concept", match.System, null, code, match.Display);
                }

                foreach (var product in match.Products)
                {
                    part.Parts("product", inner =>
                    {
                        inner.Text("element", "valueUri", product.Property);
                        inner.Coding("concept", product.System, null, product.Value, product.Display);
                    });
                }

                part.Text("source", "valueUri", match.Map);
            });
        }

        return answer.ToBytes();
    }

    private sealed record Match(string Equivalence, string? System, string? Code, string? Display, string Map, System.Collections.Immutable.ImmutableArray<MapDependency> Products);
}
