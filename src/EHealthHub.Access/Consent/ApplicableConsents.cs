using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Trust;

namespace EHealthHub.Access.Consent;

/// <summary>What the patient's consents say of one resource to one caller.</summary>
internal enum ConsentEffect
{
    /// <summary>Nothing.</summary>
    Silent = 0,

    /// <summary>A provision permits it.</summary>
    Permit = 1,

    /// <summary>A provision denies it, and none says more exactly that it may.</summary>
    Deny = 2,

    /// <summary>A consent permits this caller some data, and this is not among them.</summary>
    NotCovered = 3,
}

/// <summary>The effect, and what it rests on.</summary>
/// <param name="Effect">What.</param>
/// <param name="Consent">Index of the consent that decided; -1 where none did.</param>
/// <param name="Permits">In what respects the permissions are exact, all together.</param>
/// <param name="ReleasesLabels">A permission names the resource's labels, or the very resource.</param>
internal readonly record struct ConsentOutcome(ConsentEffect Effect, int Consent, Exactness Permits, bool ReleasesLabels);

/// <summary>Which consents stand against a caller.</summary>
internal enum Leniency
{
    /// <summary>All.</summary>
    None = 0,

    /// <summary>An admission or an emergency department: a denial stands that names somebody or some data; a general one is the security setting in other words and yields as that does, and so does a permission's limit.</summary>
    Exempt = 1,

    /// <summary>Broken glass: a denial stands that names this very clinician, or that names the purpose, for there the patient thought of it.</summary>
    BreakGlass = 2,
}

/// <summary>
/// The provisions that speak of one caller now, picked once for a request. Precedence: within a consent the innermost provision that matches decides, the denial among equals (an exception is an exception); then all its provisions count that match and say the same. Between consents a denial holds
/// unless a permission says more exactly, in every respect, what it says (<see cref="Exactness"/>). A consent that permits only some data to this caller withholds the rest, unless another one permits it.
/// </summary>
internal readonly struct ApplicableConsents
{
    /// <summary>Most provisions that speak of one caller. Beyond them everything is denied: a limit must not be a way round a denial.</summary>
    public const int ProvisionsMax = 512;

    private readonly Provision[]? _provisions;
    private readonly ImmutableArray<ConsentDirective> _consents;
    private readonly bool _lifted;

    private ApplicableConsents(Provision[] provisions, ImmutableArray<ConsentDirective> consents, bool lifted)
    {
        _provisions = provisions;
        _consents = consents;
        _lifted = lifted;
        DeniedWhole = provisions.Length > ProvisionsMax ? 0 : FindDeniedWhole(provisions);
    }

    /// <summary>Index of a consent that denies everything, whatever the resource; -1 where there is none. A default instance has none either.</summary>
    public int DeniedWhole { get => _provisions is null ? -1 : field; }

    /// <summary>True when a permission names the caller or the caller's institution, so that it may be a reason to look without any other.</summary>
    public bool MayPermitByName => MayPermit(Exactness.Who);

    /// <summary>True when a permission names the purpose.</summary>
    public bool MayPermitByPurpose => MayPermit(Exactness.Purpose);

    /// <summary>What the provisions look at in a resource.</summary>
    public TraitNeeds Needs
    {
        get
        {
            var needs = TraitNeeds.None;
            foreach (var provision in _provisions ?? [])
            {
                var rule = provision.Rule;
                needs |= rule.DataFrom is not null || rule.DataUntil is not null ? TraitNeeds.Dates : 0;
                needs |= rule.Codes.Length > 0 ? TraitNeeds.Codes : 0;
                foreach (var data in rule.Data)
                {
                    needs |= data.Meaning switch { DataMeaning.AuthoredBy => TraitNeeds.Authors, DataMeaning.Related => TraitNeeds.Related, _ => 0 };
                }
            }

            return needs;
        }
    }

    /// <summary>The consent of an outcome.</summary>
    public ConsentDirective Consent(int index) => _consents[index];

    public static ApplicableConsents Of(PatientKnowledge known, Caller caller, DateTimeOffset now, Leniency leniency)
    {
        if (known.Consents.Length == 0)
        {
            return default;
        }

        var provisions = new List<Provision>();
        for (var i = 0; i < known.Consents.Length; i++)
        {
            foreach (var rule in known.Consents[i].Rules)
            {
                if (ConsentMatch.Caller(rule, caller, now, out var who) && (rule.Permits || Stands(rule, who, leniency)))
                {
                    provisions.Add(new Provision(i, rule, who));
                }
            }
        }

        return provisions.Count == 0 ? default : new([.. provisions], known.Consents, leniency != Leniency.None);
    }

    public ConsentOutcome Of(in ResourceTraits resource)
    {
        if (_provisions is not { } provisions)
        {
            return new(ConsentEffect.Silent, -1, Exactness.None, false);
        }

        if (provisions.Length > ProvisionsMax)
        {
            return new(ConsentEffect.Deny, provisions[0].Consent, Exactness.None, false);
        }

        Span<Exactness> decided = stackalloc Exactness[provisions.Length];
        var notCovered = Decide(provisions, resource, decided);
        var permit = -1;
        var permits = Exactness.None;
        for (var i = 0; i < provisions.Length; i++)
        {
            if (decided[i] == NoMatch)
            {
                continue;
            }

            if (!provisions[i].Rule.Permits)
            {
                if (!IsOutdone(provisions, decided, i))
                {
                    return new(ConsentEffect.Deny, provisions[i].Consent, Exactness.None, false);
                }

                continue;
            }

            permit = permit < 0 ? provisions[i].Consent : permit;
            permits |= decided[i];
        }

        return permit >= 0 ? new(ConsentEffect.Permit, permit, permits, (permits & Exactness.Label) != 0)
            : notCovered >= 0 && !_lifted ? new(ConsentEffect.NotCovered, notCovered, Exactness.None, false)
            : new(ConsentEffect.Silent, -1, Exactness.None, false);
    }

    private bool MayPermit(Exactness naming)
    {
        foreach (var provision in _provisions ?? [])
        {
            if (provision.Rule.Permits && !provision.Rule.HasUnknown && (provision.Who & naming) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Stands(ConsentRule rule, Exactness who, Leniency leniency) => leniency switch
    {
        Leniency.None => true,
        Leniency.Exempt => (who & Exactness.Who) != 0 || ConsentMatch.NamesData(rule),
        _ => (who & (Exactness.Clinician | Exactness.Purpose)) != 0,
    };

    private const Exactness NoMatch = (Exactness)(-1);

    /// <summary>
    /// Leaves, of every consent, the provisions that match and say what its innermost one says. All of them, not the innermost alone: an exception that repeats what it excepts from in other words must not make it weaker or stronger. Returns a consent that covers other data than this; -1 where there is none.
    /// </summary>
    private static int Decide(Provision[] provisions, in ResourceTraits resource, Span<Exactness> decided)
    {
        var notCovered = -1;
        for (int from = 0, to; from < provisions.Length; from = to)
        {
            var (depth, denies, limits) = (-1, false, false);
            for (to = from; to < provisions.Length && provisions[to].Consent == provisions[from].Consent; to++)
            {
                var (rule, who) = (provisions[to].Rule, provisions[to].Who);
                limits |= rule is { Permits: true, Depth: 0 };
                var matches = ConsentMatch.Resource(rule, resource, out var what);
                decided[to] = matches ? who | what : NoMatch;
                if (matches && rule.Depth >= depth)
                {
                    denies = !rule.Permits || (denies && rule.Depth == depth);
                    depth = rule.Depth;
                }
            }

            for (var i = from; i < to; i++)
            {
                decided[i] = provisions[i].Rule.Permits != denies ? decided[i] : NoMatch;
            }

            notCovered = depth < 0 && limits && notCovered < 0 ? provisions[from].Consent : notCovered;
        }

        return notCovered;
    }

    /// <summary>True when a permission says more exactly what the denial says.</summary>
    private static bool IsOutdone(Provision[] provisions, ReadOnlySpan<Exactness> decided, int denial)
    {
        for (var i = 0; i < provisions.Length; i++)
        {
            if (decided[i] != NoMatch && provisions[i].Rule.Permits && IsMoreExact(decided[i], decided[denial]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMoreExact(Exactness permission, Exactness denial) => (permission & denial) == denial && permission != denial;

    private static int FindDeniedWhole(Provision[] provisions)
    {
        foreach (var denial in provisions)
        {
            if (!denial.Rule.Permits && !ConsentMatch.NamesData(denial.Rule) && !provisions.Any(p => MayOutdo(p, denial)))
            {
                return denial.Consent;
            }
        }

        return -1;
    }

    private static bool MayOutdo(Provision permission, Provision denial) =>
        permission.Rule is { Permits: true, HasUnknown: false }
        && (permission.Consent == denial.Consent ? permission.Rule.Depth > denial.Rule.Depth : IsMoreExact(permission.Who | ConsentMatch.DataOf(permission.Rule), denial.Who));

    private readonly record struct Provision(int Consent, ConsentRule Rule, Exactness Who);
}
