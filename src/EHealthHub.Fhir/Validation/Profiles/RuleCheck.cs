using System.Runtime.InteropServices;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.FhirPath;
using Expression = Hl7.FhirPath.Expressions.Expression;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Evaluates FHIRPath rules on elements of one resource. The SDK's model is built when the first rule is met, and once.</summary>
internal sealed class RuleCheck(JsonElement resource, ProfileCatalog catalog, DateTimeOffset now, int depth)
{
    /// <summary>Most conformsTo() inside one another.</summary>
    private const int DepthMax = 3;

    private PocoNode? _root;
    private RuleTargets? _targets;
    private bool _isUnreadable;
    private bool _isTooLarge;

    /// <summary>Exceptions that the SDK's engine throws for an expression or values that it cannot work with: of many kinds, all of the system's.</summary>
    public static bool IsOfTheEngine(Exception fault) => fault is SystemException and not OutOfMemoryException;

    /// <summary>Null where the rule holds on the element at <paramref name="steps"/>; else the issue. R4's own rules are passed over for a definition that is too large; those of a profile are not.</summary>
    public Issue? Check(ProfileConstraint rule, IReadOnlyList<(string Name, int Index)> steps, string place)
    {
        if (_root is null && !_isUnreadable)
        {
            Read();
        }

        if (rule.IsOfR4 && _isTooLarge)
        {
            return null;
        }

        if (_root is null || Locate(steps) is not { } node)
        {
            return new Issue(rule.Severity, "invariant", "profile-unreadable", $"The rule {rule.Key} cannot be decided on this resource.", place);
        }

        var budget = new CallBudget();
        try
        {
            var context = new RuleContext(_root, catalog.Terminology, _targets ??= new RuleTargets(_root), rule.IsTypeEnough, now) { DebugTracer = budget, Conforms = Conforms };
            var holds = rule.Compiled.Predicate(node, context);
            return context.Undecided is { } why ? new Issue(rule.Severity, "not-supported", "profile-undecided", $"The rule {rule.Key} cannot be decided: {why}.", place)
                : holds ? null
                : new Issue(rule.Severity, "invariant", rule.IssueCode, rule.Human, place);
        }
        catch (Exception) when (budget.IsSpent)
        {
            return new Issue("error", "too-costly", "profile-too-costly", $"The rule {rule.Key} takes too long on this resource.", place);
        }
        catch (Exception fault) when (IsOfTheEngine(fault))
        {
            // The engine throws where an expression meets several values and wants one: the rule does not hold, and its writer should know why.
            return new Issue(rule.Severity, "invariant", rule.IssueCode, $"{rule.Human} (The rule cannot be evaluated on these values.)", place);
        }
    }

    /// <summary>True where the expression, asked of the whole resource, gives the element at <paramref name="steps"/> among others.</summary>
    public bool Selects(CompiledExpression expression, IReadOnlyList<(string Name, int Index)> steps)
    {
        if (_root is null && !_isUnreadable)
        {
            Read();
        }

        var budget = new CallBudget();
        try
        {
            return _root is not null && Locate(steps) is { } node
                && expression(_root, new RuleContext(_root, catalog.Terminology, _targets ??= new RuleTargets(_root), true, now) { DebugTracer = budget }).Any(found => ReferenceEquals(found.Poco, node.Poco));
        }
        catch (Exception fault) when (budget.IsSpent || IsOfTheEngine(fault))
        {
            return false;
        }
    }

    /// <summary>Whether a resource inside this one satisfies a held profile; null where that cannot be told.</summary>
    private bool? Conforms(PocoNode node, string url)
    {
        if (depth >= DepthMax || catalog.Find(url) is not { } profile || Bytes(node) is not { } found || found.Text("resourceType"u8) is not { } type)
        {
            return null;
        }

        var run = new ProfileRun(catalog, new FhirResource(type, found), type, isFull: false, 1, now, depth + 1);
        run.Check(profile);
        return run.Issues.Count == 0;
    }

    /// <summary>The JSON that a node of the model was read from.</summary>
    private JsonElement? Bytes(PocoNode node)
    {
        var (poco, parent, index, name) = node;
        if (parent is null)
        {
            return ReferenceEquals(poco, _root!.Poco) ? resource : null;
        }

        return Bytes(parent) is not { ValueKind: JsonValueKind.Object } owner || !owner.TryGetProperty(name ?? "", out var value) ? null
            : value.ValueKind != JsonValueKind.Array ? value
            : index is { } at && at < value.GetArrayLength() ? value[at]
            : null;
    }

    private void Read()
    {
        var json = JsonMarshal.GetRawUtf8Value(resource);
        if (json.Length > catalog.Limits.ConstraintBytesMax)
        {
            _isTooLarge = true;
            _isUnreadable = true;
            return;
        }

        // What the validator lets through the SDK reads too, but for a few values that .NET cannot hold (a leap second); those are left as they are, and the rule judges what was written.
        var reader = new Utf8JsonReader(json);
        _ = FhirJsonDeserializer.OSTRICH.TryDeserializeResource(ref reader, out var model, out _);
        _root = model?.ToPocoNode();
        _isUnreadable = model is null;
    }

    private PocoNode? Locate(IReadOnlyList<(string Name, int Index)> steps)
    {
        var node = _root;
        foreach (var (name, index) in steps)
        {
            node = node?.Child(name)?.ElementAtOrDefault(Math.Max(index, 0));
        }

        return node;
    }

    /// <summary>Counts the engine's calls, as its tracer, and stops a rule that goes round too often; the engine has no other way out than an exception.</summary>
    private sealed class CallBudget : IDebugTracer
    {
        private int _calls = 50_000;

        public bool IsSpent => _calls < 0;

        public void TraceCall(Expression expr, int contextId, IEnumerable<PocoNode>? focus, IEnumerable<PocoNode>? thisValue, PocoNode? index, IEnumerable<PocoNode>? totalValue, IEnumerable<PocoNode> result, IEnumerable<KeyValuePair<string, IEnumerable<PocoNode>>> variables)
        {
            if (--_calls < 0)
            {
                throw new InvalidOperationException("The rule takes too long.");
            }
        }
    }
}
