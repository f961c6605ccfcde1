using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Extraction;

namespace EHealthHub.Fhir.Search;

/// <summary>
/// A search parameter of the hub's own, compiled from a SearchParameter resource (R4 5.5). Taken are the types that R4's parameters have but <c>special</c>, over the FHIRPath that R4's are written in: paths, unions, <c>as</c>, <c>as()</c>,
/// <c>ofType()</c>, <c>[0]</c>, <c>extension('url')</c>, <c>where(child='x')</c>, <c>where(resolve() is X)</c>, <c>X.exists() and X != false</c>.
/// </summary>
public sealed class CustomSearchParameter
{
    private const int CodeMax = 64;
    private const int ExpressionMax = 4_096;
    private const int PathsMax = 32;
    private const int StepsMax = 32;

    private CustomSearchParameter(string url, string code, ImmutableArray<(string Type, SearchParameter Parameter)> parameters)
    {
        Url = url;
        Code = code;
        Parameters = parameters;
        Extraction = string.Join('\n', parameters.Select(p => $"{p.Type} {Signature(p.Parameter)} {string.Join(' ', p.Parameter.Components.Select(c => $"{c.Expression} {Signature(c.Parameter)}"))}"));
    }

    /// <summary>Canonical URL.</summary>
    public string Url { get; }

    /// <summary>The code that queries name.</summary>
    public string Code { get; }

    /// <summary>The resource types that it is for.</summary>
    public IEnumerable<string> Types => Parameters.Select(p => p.Type);

    /// <summary>What decides the values that it gives: two that say the same here extract the same.</summary>
    public string Extraction { get; }

    internal ImmutableArray<(string Type, SearchParameter Parameter)> Parameters { get; }

    /// <summary>Compiles a SearchParameter; for a composite, <paramref name="others"/> are own ones that its components may name. 422 with what is not taken, the element named, for one that is not understood, that takes the code of one of R4's for the same type, or that leads to nothing its type can compare.</summary>
    public static Result<CustomSearchParameter> Compile(JsonElement resource, IReadOnlyCollection<CustomSearchParameter>? others = null)
    {
        if (JsonText.Of(resource, "url"u8) is not { } url || JsonText.Of(resource, "code"u8) is not { } code || !IsCode(code))
        {
            return Refuse("code", "a url is needed, and a code of letters, digits, hyphens and underscores that begins with a letter");
        }

        if (code is "identifier" or "patient" or "subject")
        {
            return Refuse("code", "the hub finds records by parameters of that code, and goes by R4's alone");
        }

        if (JsonText.Of(resource, "type"u8) is not { } typeCode || ParameterDefinitions.KindOf(typeCode) is not { } kind)
        {
            return Refuse("type", "one of number, date, string, token, reference, composite, quantity and uri is needed");
        }

        var expression = JsonText.Of(resource, "expression"u8) ?? "";
        if (expression.Length is 0 or > ExpressionMax || !ExpressionParser.TryParse(expression, out var paths, out var reason))
        {
            return Refuse("expression", "an expression is needed that search can follow");
        }

        if (paths.Length > PathsMax || paths.Any(p => p.Steps.Length > StepsMax))
        {
            return Refuse("expression", "it has too many alternatives or steps");
        }

        var targets = Texts(resource, "target"u8);
        var parameters = ImmutableArray.CreateBuilder<(string, SearchParameter)>();
        foreach (var type in Bases(resource))
        {
            if (TypeParameters.Of(type) is not { } known)
            {
                return Refuse("base", "it names what is no resource type of R4");
            }

            if (known.Find(code) is not null)
            {
                return Refuse("code", "R4 has a parameter of that code for the type already");
            }

            SearchParameter[] all = [.. known.All, .. (others ?? []).SelectMany(o => o.Parameters).Where(p => p.Type == type).Select(p => p.Parameter)];
            if (kind == FactKind.Composite && Components(resource, all) is not { Length: > 1 })
            {
                return Refuse("component", "two or three components are needed, each with an expression and the definition of a parameter for the type, of R4's or one that is in force");
            }

            var parameter = new SearchParameter
            {
                Code = code,
                TypeCode = typeCode,
                Kind = kind,
                Url = url,
                Expression = expression,
                Targets = kind != FactKind.Reference ? [] : targets.Count == 0 ? ParameterDefinitions.AnyType : [.. targets.Where(TypeParameters.Types.Contains).Order(StringComparer.Ordinal)],
                Paths = [.. paths.Where(p => p.StartsAt(type))],
                Components = kind == FactKind.Composite ? Components(resource, all) ?? [] : [],
            };
            if (PlanCompiler.Check(type, [.. all, parameter], parameter) is { } fault)
            {
                return Refuse("expression", fault);
            }

            parameters.Add((type, parameter));
        }

        return parameters.Count == 0 ? Refuse("base", "a resource type is needed") : new CustomSearchParameter(url, code, parameters.ToImmutable());
    }

    private static bool IsCode(string code) => code.Length <= CodeMax && char.IsAsciiLetter(code[0]) && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static IEnumerable<string> Bases(JsonElement resource) => Texts(resource, "base"u8)
        .SelectMany(type => type switch
        {
            "Resource" => TypeParameters.Types,
            "DomainResource" => TypeParameters.Types.Where(t => t is not ("Binary" or "Bundle")),
            _ => [type],
        })
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    private static string Signature(SearchParameter parameter) => $"{parameter.Code} {parameter.TypeCode} {string.Join(',', parameter.Targets)} {parameter.Expression}";

    private static ImmutableArray<SearchComponent>? Components(JsonElement resource, SearchParameter[] all)
    {
        var components = ImmutableArray.CreateBuilder<SearchComponent>();
        foreach (var item in ValueReader.Items(resource, "component"u8))
        {
            var definition = JsonText.Of(item, "definition"u8);
            var expression = JsonText.Of(item, "expression"u8) ?? "";
            var parameter = all.FirstOrDefault(p => p.Url == definition);
            if (components.Count == FactNames.PartsMax || parameter is not { Kind: not (null or FactKind.Composite), IsNear: false } || expression.Length is 0 or > ExpressionMax || !ExpressionParser.TryParse(expression, out var paths, out _))
            {
                return null;
            }

            components.Add(new SearchComponent(parameter, expression, paths, false));
        }

        return components.ToImmutable();
    }

    private static List<string> Texts(JsonElement resource, ReadOnlySpan<byte> member)
    {
        var texts = new List<string>();
        foreach (var item in ValueReader.Items(resource, member))
        {
            if (JsonText.Of(item) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private static Failure Refuse(string element, string why) =>
        Failure.Of(422, "not-supported", "search-parameter-not-supported", $"The search parameter cannot be served: {why}.", "SearchParameter." + element);
}
