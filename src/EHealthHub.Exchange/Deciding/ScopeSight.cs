using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Deciding;

/// <summary>From the authority nothing is kept but what its scopes leave out: what they cover of each resource, by its facts, for every one of the interactions.</summary>
internal sealed class ScopeSight(Caller caller, params Interaction[] interactions)
{
    public Sight Of(in SightedVersion version)
    {
        var place = new ScopePlace(version.Compartment == CompartmentKind.Directory, version.Compartment == CompartmentKind.Patient ? version.CompartmentName : null);
        var type = new FactsWalk(version.Facts).Type;
        var satisfied = SmartScope.Satisfied(caller, version.Facts);
        foreach (var interaction in interactions)
        {
            if (!SmartScope.Covers(caller, interaction, type, place, satisfied))
            {
                return Sight.Hide;
            }
        }

        return Sight.See;
    }
}
