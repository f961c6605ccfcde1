using EHealthHub.Access.Policy;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Deciding;

/// <summary>The decision of one interaction with one resource, over the versions that it is asked of: the strictest of theirs. Used once.</summary>
internal sealed class ResourceDecision(AccessRequest request)
{
    private AccessDecision? _strictest;
    private Sight _sight;

    /// <summary>The decision, once a version was looked at.</summary>
    public AccessDecision Decision => _strictest ?? throw new InvalidOperationException("No version was looked at.");

    public Sight Of(in SightedVersion version)
    {
        var decision = AccessPolicy.Decide(request with { Resource = TraitsReader.Read(request.Caller, version, TraitsReader.Everything) });
        var sight = !decision.Granted ? Sight.Hide : decision.Masked ? Sight.Mask : Sight.See;
        if (_strictest is null || sight > _sight)
        {
            (_strictest, _sight) = (decision, sight);
        }

        return sight;
    }
}
