using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.FhirPath;
using Hl7.FhirPath.Expressions;
using Types = Hl7.Fhir.ElementModel.Types;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Compiles FHIRPath rules for the SDK's engine, and tells which are not served. Regular expressions are matched without backtracking, so that none takes long, whatever it and the text are.</summary>
internal static partial class RuleCompiler
{
    /// <summary>Most calls in one rule of functions that walk a whole resource or multiply what they are given.</summary>
    private const int WideCallsMax = 2;

    private const int PartsMax = 500;

    private const int DepthMax = 32;

    private const int KeptMax = 256;

    private static readonly ConcurrentDictionary<string, Regex> Kept = new(StringComparer.Ordinal);

    private static readonly Lazy<FhirPathCompiler> Compiler = new(() => new FhirPathCompiler(Functions()));

    /// <summary>Compiles; throws what the SDK throws for an expression that is not well-formed. Calls are traced, by which <see cref="RuleCheck"/> bounds them.</summary>
    public static CompiledExpression Compile(string expression) => Compiler.Value.Compile(expression, true);

    /// <summary>True where all that is asked of a resolved resource is its type, or whether there is one: a reference tells that, wherever its target is.</summary>
    public static bool AsksTypeAlone(string expression) => Resolve().Count(expression) == ResolveType().Count(expression);

    /// <summary>Null for a rule that is served; else why not. Value sets and profiles must be written out and held.</summary>
    public static string? Refuse(string expression, ProfileCatalog catalog)
    {
        if (Outside().Match(expression) is { Success: true } outside)
        {
            return $"uses {outside.Groups[1].Value}() in a rule, which is not served.";
        }

        var named = Named().Matches(expression);
        if (named.Count != Asking().Count(expression))
        {
            return "uses memberOf() or conformsTo() of a name that is worked out, which is not served.";
        }

        foreach (Match match in named)
        {
            var url = match.Groups[2].Value;
            if (match.Groups[1].Value == "memberOf" ? !catalog.Terminology.Decides(url) : catalog.Find(url) is null)
            {
                return $"asks {match.Groups[1].Value}('{url}') in a rule, {(match.Groups[1].Value == "memberOf" ? "whose codes the hub does not hold" : "which the hub does not hold")}.";
            }
        }

        if (Wide().Count(expression) > WideCallsMax)
        {
            return $"has a rule that walks the resource more than {WideCallsMax} times.";
        }

        if (IsDeep(expression))
        {
            return $"has a rule of more than {PartsMax} parts or {DepthMax} levels.";
        }

        try
        {
            _ = Compile(expression);
            return null;
        }
        catch (Exception fault) when (RuleCheck.IsOfTheEngine(fault))
        {
            return "has a rule that is not well-formed FHIRPath.";
        }
    }

    /// <summary>The engine's parser and evaluator call themselves for every part; their stack is not to be filled.</summary>
    private static bool IsDeep(string expression)
    {
        var (depth, deepest) = (0, 0);
        foreach (var letter in expression)
        {
            depth += letter is '(' or '{' or '[' ? 1 : letter is ')' or '}' or ']' ? -1 : 0;
            deepest = Math.Max(deepest, depth);
        }

        return deepest > DepthMax || expression.Count(c => c is '.' or '(' or '+' or '-' or '*' or '/' or '&' or '|' or '=' or '<' or '>' or '~' or '!' || char.IsWhiteSpace(c)) > PartsMax;
    }

    private static SymbolTable Functions()
    {
        var functions = new SymbolTable(new SymbolTable().AddStandardFP().AddFhirExtensions());
        functions.Add("matches", (string text, string pattern) => Linear(pattern).IsMatch(text), true);
        functions.Add("replaceMatches", (string text, string pattern, string with) => Linear(pattern).Replace(text, with), true);
        functions.Add("resolve", (IEnumerable<PocoNode> references, EvaluationContext context) => references.Select(r => ((RuleContext)context).Resolve(r)).OfType<PocoNode>().ToList().AsEnumerable());
        functions.Add("memberOf", (PocoNode value, string valueSet, EvaluationContext context) => ((RuleContext)context).MemberOf(value, valueSet), true);
        functions.Add("conformsTo", (PocoNode value, string profile, EvaluationContext context) => ((RuleContext)context).ConformsTo(value, profile), true);
        functions.Add("now", (object _, EvaluationContext context) => Types.DateTime.Parse(((RuleContext)context).Now.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture)));
        functions.Add("today", (object _, EvaluationContext context) => Types.Date.Parse(((RuleContext)context).Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        functions.Add("timeOfDay", (object _, EvaluationContext context) => Types.Time.Parse(((RuleContext)context).Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)));
        return functions;
    }

    /// <summary>Making one takes a hundred times as long as a match; only so many are kept, since a rule may take its expression from the resource.</summary>
    private static Regex Linear(string pattern)
    {
        if (Kept.TryGetValue(pattern, out var known))
        {
            return known;
        }

        var made = Make(pattern);
        if (Kept.Count < KeptMax)
        {
            Kept.TryAdd(pattern, made);
        }

        return made;
    }

    private static Regex Make(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(200));

    [GeneratedRegex(@"\b(subsumes|subsumedBy|translate|validateVS|lookup|expand|validateCS|checkModifiers|elementDefinition|slice)\s*\(", RegexOptions.NonBacktracking)]
    private static partial Regex Outside();

    [GeneratedRegex(@"\b(memberOf|conformsTo)\s*\(", RegexOptions.NonBacktracking)]
    private static partial Regex Asking();

    [GeneratedRegex(@"\b(memberOf|conformsTo)\s*\(\s*'([^'\\]*)'\s*\)", RegexOptions.NonBacktracking)]
    private static partial Regex Named();

    [GeneratedRegex(@"\bresolve\s*\(", RegexOptions.NonBacktracking)]
    private static partial Regex Resolve();

    [GeneratedRegex(@"\bresolve\s*\(\s*\)\s*(is\s+(FHIR\.)?[A-Z]\w*|\.\s*(is\(\s*(FHIR\.)?[A-Z]\w*\s*\)|exists\(\s*\)|empty\(\s*\)|count\(\s*\)|(exists|all)\(\s*(\$this\s+)?is\s+(FHIR\.)?[A-Z]\w*\s*\)|ofType\(\s*(FHIR\.)?[A-Z]\w*\s*\)\s*\.\s*(exists|empty|count)\(\s*\)))", RegexOptions.NonBacktracking)]
    private static partial Regex ResolveType();

    [GeneratedRegex(@"\b(descendants|repeat|aggregate|combine|toChars)\s*\(|\*\*", RegexOptions.NonBacktracking)]
    private static partial Regex Wide();
}
