using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Deciding;

/// <summary>
/// What a caller may know of the resources that a search comes upon: those of its compartment by one view, made once; those of an institution that are linked to the patient by what the caller may know there, for they are about others too. What lies
/// elsewhere is not there. Belongs to one search.
/// </summary>
internal sealed class CompartmentSight(AccessRequest request)
{
    private readonly AccessView _view = AccessPolicy.View(request);
    private Dictionary<string, AccessView>? _institutions;

    /// <summary>The decision over the whole compartment.</summary>
    public AccessDecision Decision => _view.Decision;

    /// <summary>The rule that decided last, for the log.</summary>
    public string Rule { get; private set; } = "no-rule";

    public Sight Of(in SightedVersion version)
    {
        if (version.Compartment == CompartmentKind.Directory)
        {
            return Sight.See;
        }

        var view = version.Compartment == CompartmentKind.Institution ? OfInstitution(version.CompartmentName)
            : version.CompartmentName == request.PatientId ? _view : null;
        if (view is null)
        {
            return Sight.Hide;
        }

        var seen = view.Of(TraitsReader.Read(request.Caller, version, view.Needs));
        Rule = seen.Rule;
        return seen.Visibility switch
        {
            Visibility.See => Sight.See,
            Visibility.Mask => Sight.Mask,
            _ => Sight.Hide,
        };
    }

    private AccessView OfInstitution(string name)
    {
        if (request.Compartment == CompartmentKind.Institution && request.Owner == name)
        {
            return _view;
        }

        _institutions ??= new(StringComparer.Ordinal);
        if (!_institutions.TryGetValue(name, out var view))
        {
            view = AccessPolicy.View(request with { Compartment = CompartmentKind.Institution, Owner = name, PatientId = null, Known = null, IsOwnRecord = false });
            _institutions[name] = view;
        }

        return view;
    }
}
