using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search.Matching;

/// <summary>A query, prepared once for all candidates: criteria over values apart from those over the version itself, and trees over what these criteria gave.</summary>
internal sealed class QueryPlan
{
    private readonly TypeParameters? _parameters;
    private readonly List<CriterionPlan> _criteria = [];

    internal QueryPlan(SearchQuery query)
    {
        if (query.Answers.Count != query.Lookups.Count)
        {
            throw new InvalidOperationException("The search has lookups without an answer.");
        }

        Query = query;
        Type = new PackedKey(query.Type);
        _parameters = query.Tables.Of(query.Type);
        foreach (var criterion in query.Criteria)
        {
            Add(CriterionPlan.Of(criterion, _parameters, true));
        }

        var trees = new List<PlanNode>();
        foreach (var condition in query.Conditions)
        {
            // What must hold by itself is decided with the plain criteria, without a tree.
            if (Node(condition, true) is { } tree)
            {
                trees.Add(tree);
            }
        }

        Trees = [.. trees];
        OfVersion = [.. _criteria.Where(c => c.IsOfVersion)];
        OfValues = [.. _criteria.Where(c => !c.IsOfVersion)];
        Parts = OfValues.Sum(c => c.Parts.Length);
    }

    internal SearchQuery Query { get; }

    internal PackedKey Type { get; }

    /// <summary>Criteria on <c>_id</c> and <c>_lastUpdated</c>.</summary>
    internal CriterionPlan[] OfVersion { get; }

    internal CriterionPlan[] OfValues { get; }

    internal PlanNode[] Trees { get; }

    /// <summary>Number of criteria.</summary>
    internal int Slots => _criteria.Count;

    /// <summary>Number of composite values.</summary>
    internal int Parts { get; }

    private CriterionPlan Add(CriterionPlan criterion)
    {
        criterion.Slot = _criteria.Count;
        _criteria.Add(criterion);
        return criterion;
    }

    // Null for a part that is required by itself and hence needs no tree.
    private PlanNode? Node(SearchCondition condition, bool isRequired)
    {
        switch (condition)
        {
            case CriterionCondition { Criterion: var criterion }:
                return Criterion(criterion, isRequired);
            case LookupCondition { Lookup: var index }:
                var plan = Add(Answered(Query.Lookups[index], Query.Answers[index], isRequired));
                return isRequired ? null : new LeafNode(plan.Slot);
            case AllOf { Parts: var parts }:
                var nodes = parts.Select(p => Node(p, isRequired)).OfType<PlanNode>().ToArray();
                return nodes.Length == 0 ? null : new AllNode(nodes);
            case AnyOf { Parts: var parts }:
                return new AnyNode([.. parts.Select(p => Node(p, false)!)]);
            case NotOf { Part: var part }:
                return new NotNode(Node(part, false)!);
            default:
                throw new InvalidOperationException($"{condition.GetType()} is no condition that is known.");
        }
    }

    private PlanNode? Criterion(SearchCriterion criterion, bool isRequired)
    {
        if (_parameters?.Find(criterion.Parameter) is not { Kind: FactKind.Composite } parameter)
        {
            var plain = Add(CriterionPlan.Of(criterion, _parameters, isRequired));
            return isRequired ? null : new LeafNode(plain.Slot);
        }

        var composite = _parameters.Plan.Composites[parameter.Code];
        var ways = new List<PlanNode>();
        if (composite.IsStored)
        {
            var stored = Add(CriterionPlan.Of(criterion with { Modifier = criterion.Modifier == Modifiers.Missing ? Modifiers.Missing : null, Values = Wanted(criterion) }, _parameters, false));
            ways.Add(new LeafNode(stored.Slot));
        }

        // Where the resource is the one repetition, its components are the values of other parameters.
        if (!composite.Implied.IsEmpty)
        {
            ways.AddRange(criterion.Modifier == Modifiers.Missing
                ? [new AllNode([.. composite.Implied.Select(code => (PlanNode)new LeafNode(Add(CriterionPlan.Of(new SearchCriterion(code, Modifiers.Missing, Present), _parameters, false)).Slot))])]
                : criterion.Values.Select(v => (PlanNode)new AllNode([.. v.Components.Select((c, i) => (PlanNode)new LeafNode(Add(CriterionPlan.Of(new SearchCriterion(composite.Implied[i], null, [c]), _parameters, false)).Slot))])));
        }

        PlanNode any = new AnyNode([.. ways]);
        return criterion is { Modifier: Modifiers.Missing, Values: [{ Text: "true" }] } ? new NotNode(any) : any;
    }

    private static readonly SearchValue[] Present = [new(FactKind.Token, "eq", null, "false")];

    // Whether a composite is missing is asked as whether it is there.
    private static IReadOnlyList<SearchValue> Wanted(SearchCriterion criterion) => criterion.Modifier == Modifiers.Missing ? Present : criterion.Values;

    private static CriterionPlan Answered(SearchLookup lookup, LookupAnswer answer, bool isRequired) => lookup switch
    {
        ChainLookup chain => CriterionPlan.Of(chain.Parameter, false, new ReferenceSetTest(answer.Resources, answer.Inside?.Plan), isRequired),
        TargetsLookup targets => CriterionPlan.Of(targets.Parameter, false, new ReferenceSetTest(answer.Resources, null), isRequired),
        HasLookup or ListLookup => CriterionPlan.Of(CommonParameters.Id, false, new IdSetTest(answer.Resources), isRequired),
        ValueSetLookup set => CriterionPlan.Of(set.Parameter, set.IsNot, new TokenSetTest(answer.Codes), isRequired),
        HierarchyLookup hierarchy => CriterionPlan.Of(hierarchy.Parameter, false, new TokenSetTest(answer.Codes), isRequired),
        _ => throw new InvalidOperationException($"{lookup.GetType()} is no lookup that is known."),
    };
}

/// <summary>A part of a condition tree, over what each criterion gave.</summary>
internal abstract class PlanNode
{
    internal abstract bool Holds(ReadOnlySpan<bool> satisfied);
}

/// <summary>One criterion.</summary>
internal sealed class LeafNode(int slot) : PlanNode
{
    internal override bool Holds(ReadOnlySpan<bool> satisfied) => satisfied[slot];
}

/// <summary>All parts.</summary>
internal sealed class AllNode(PlanNode[] parts) : PlanNode
{
    internal override bool Holds(ReadOnlySpan<bool> satisfied)
    {
        foreach (var part in parts)
        {
            if (!part.Holds(satisfied))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>One part at least.</summary>
internal sealed class AnyNode(PlanNode[] parts) : PlanNode
{
    internal override bool Holds(ReadOnlySpan<bool> satisfied)
    {
        foreach (var part in parts)
        {
            if (part.Holds(satisfied))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Not the part.</summary>
internal sealed class NotNode(PlanNode part) : PlanNode
{
    internal override bool Holds(ReadOnlySpan<bool> satisfied) => !part.Holds(satisfied);
}
