using EHealthHub.Trust;

namespace EHealthHub.Access.Policy;

/// <summary>What a caller learns of one resource, and the rule that decided.</summary>
/// <param name="Visibility">Hide, mask or see.</param>
/// <param name="Rule">Stable code of the rule.</param>
public readonly record struct ResourceView(Visibility Visibility, string Rule);

/// <summary>
/// A decision over a whole compartment: made once for a request, then asked for every candidate before it counts, sorts, comes along or is opened. What it shows of a resource is what a read of that resource would grant; asking it allocates
/// nothing. Made by <see cref="AccessPolicy.View"/>.
/// </summary>
public sealed class AccessView
{
    private readonly AccessRequest _request;
    private readonly Standing _standing;

    internal AccessView(AccessRequest request)
    {
        _request = request;
        _standing = Standing.Of(request);
        Decision = AccessPolicy.Decide(new Question(request, _standing, request.Caller.Institution, isAskedAgain: true));
        Needs = _standing.Consents.Needs | (request.Caller.InstitutionKind == InstitutionKind.Insurer ? TraitNeeds.Dates : TraitNeeds.None);
    }

    /// <summary>The decision for the whole: whether anything may be looked for at all (<see cref="AccessDecision.Granted"/>), by which rule, and what is said to those who may not.</summary>
    public AccessDecision Decision { get; }

    /// <summary>Which traits of a resource the view looks at besides type, id, submitter and labels.</summary>
    public TraitNeeds Needs { get; }

    /// <summary>What the caller learns of one resource of the compartment.</summary>
    public ResourceView Of(in ResourceTraits resource)
    {
        var decision = Decision.Granted ? AccessPolicy.Decide(new Question(_request, _standing, resource)) : Decision;
        return new(!decision.Granted ? Visibility.Hide : decision.Masked ? Visibility.Mask : Visibility.See, decision.Rule);
    }
}
