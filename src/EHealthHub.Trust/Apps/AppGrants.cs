using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Apps;

/// <summary>What is known of a person beside the registry: where in the records they stand.</summary>
/// <param name="FhirUser">Absolute address of the Practitioner or Patient that stands for them; null where there is none.</param>
/// <param name="Patient">Logical id of their own Patient (citizen), or of the one that they chose and may look at (clinician); null where there is none, or several.</param>
public sealed record PersonContext(string? FhirUser, string? Patient)
{
    /// <summary>True for a clinician who is still to choose a patient: what would be granted for one is told, and nothing is granted.</summary>
    public bool Chooses { get; init; }
}

/// <summary>A token for an application, with what comes along.</summary>
/// <param name="Token">The access token.</param>
/// <param name="IdentityToken">Compact JWS; null without the scope <c>openid</c>.</param>
/// <param name="Renewable">True when a refresh token is to be given.</param>
public sealed record AppToken(IssuedToken Token, string? IdentityToken, bool Renewable);

/// <summary>
/// The decisions of SMART App Launch: what a person may allow an application, and what a code or a refresh token is worth later. Single use is looked at after client, binding and person, so that a stranger who found a code cannot
/// end a session by presenting it; a second use by the client itself, or by whoever holds its certificate, takes everything back that came of it.
/// </summary>
public sealed class AppGrants
{
    private readonly IRegistry _registry;
    private readonly RevocationService _revocation;
    private readonly IReplayCache _replay;
    private readonly RevokedTokens _revoked;
    private readonly TokenOptions _options;
    private readonly TimeProvider _time;
    private readonly TokenIssuer _issuer;

    /// <summary>Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public AppGrants(IRegistry registry, RevocationService revocation, TokenKeyRing keys, IReplayCache replay, RevokedTokens revoked, TokenOptions options, TimeProvider time)
    {
        _registry = registry;
        _revocation = revocation;
        _replay = replay;
        _revoked = revoked;
        _options = options.Checked();
        _time = time;
        _issuer = new TokenIssuer(keys, options);
    }

    /// <summary>The application that a browser was sent by, and who answers for it; null where there is none that may ask now.</summary>
    public (Institution Institution, RegisteredClient App)? Application(string? clientId) =>
        clientId is not null && _registry.Current.ClientById(clientId) is { Client: { Kind: ClientKind.App, Suspended: false }, Institution.Suspended: false } found ? found : null;

    /// <summary>True when an application asks for the launch context of one patient, and may.</summary>
    public static bool AsksForPatient(RegisteredClient app, string? scope) => app.Scopes.Contains(AppScopes.LaunchPatient) && (scope ?? "").Split(' ').Contains(AppScopes.LaunchPatient, StringComparer.Ordinal);

    /// <summary>What the person may allow the application of what it asks for; a new grant, which is nothing yet until the host seals it into a code.</summary>
    public TrustReason TryBegin(SignedInPerson person, (Institution Institution, RegisteredClient App) asking, string? scope, PersonContext context, out AppGrant? grant)
    {
        grant = null;
        if (asking.App.IsPublic && person.Connection is null)
        {
            // Nothing would hold code and tokens together: on people's own devices that is their certificate.
            return TrustReason.NoCertificate;
        }

        var isClinician = person.Person.Kind == PersonKind.Clinician;
        string? institution = null;
        if (isClinician)
        {
            // An institution's own application acts for it; one on the clinician's own device says nothing of an institution, so there must be exactly one.
            var employment = asking.App.IsPublic ? person.Person.OnlyEmployment(person.Time) : person.Person.EmploymentAt(asking.Institution.Id, person.Time);
            if (employment is null)
            {
                return TrustReason.WrongInstitution;
            }

            institution = employment.Institution;
        }

        // Of a clinician's patient an application hears by the launch context alone: without it scopes of the level patient would be about nobody.
        context = isClinician && !AsksForPatient(asking.App, scope) ? context with { Patient = null, Chooses = false } : context;
        var scopes = Scopes(isClinician ? OfClinician(context) : Callers.CitizenScopes, asking.App, scope, context);
        if (!scopes.Any(s => !AppScopes.IsLaunch(s)))
        {
            return TrustReason.ScopeNotAllowed;
        }

        grant = new AppGrant(person.Connection is { } card ? new CardClaim(card.Hash, card.Path[0]) : null)
        {
            Id = TokenIssuer.NewId(),
            Client = asking.App.Id,
            Person = person.Person.Id,
            Institution = institution,
            Scopes = scopes,
            SignedIn = person.Time,
            Ends = person.Time.AddHours(_options.SessionHoursMax),
            FhirUser = scopes.Contains(AppScopes.FhirUser) ? context.FhirUser : null,
            Patient = scopes.Contains(AppScopes.LaunchPatient) ? context.Patient : null,
        };
        return TrustReason.None;
    }

    /// <summary>
    /// A code or refresh token, whose seal and times hold, becomes a token. <paramref name="once"/> is its own id and <paramref name="until"/> its end; <paramref name="scope"/> may ask for less than was allowed.
    /// </summary>
    public bool TryRedeem(ProvenClient client, AppGrant grant, string once, DateTimeOffset until, string? scope, string? nonce, [NotNullWhen(true)] out AppToken? token, out TrustReason reason)
    {
        token = null;
        var now = _time.GetUtcNow();
        reason = LookUp(client, grant, now, out var person, out var employment);
        if (reason != TrustReason.None)
        {
            return false;
        }

        var scopes = scope is null ? grant.Scopes : Fewer(grant.Scopes, scope);
        if (!scopes.Any(s => !AppScopes.IsLaunch(s)))
        {
            reason = TrustReason.ScopeNotAllowed;
            return false;
        }

        if (!_replay.TryUse("grant/" + once, until.AddSeconds(_options.ClockSkewSeconds + 1)))
        {
            _revoked.TryRevoke(grant.Id, grant.Ends);
            reason = TrustReason.GrantReplayed;
            return false;
        }

        token = Issue(client, grant, person!, employment, scopes, nonce, now);
        return true;
    }

    /// <summary>Takes back all that came of a grant; false when it is another client's, or could not be written down.</summary>
    public bool TryRevoke(ProvenClient client, AppGrant grant) => grant.Client == client.Id && _revoked.TryRevoke(grant.Id, grant.Ends);

    private TrustReason LookUp(ProvenClient client, AppGrant grant, DateTimeOffset now, out Person? person, out Employment? employment)
    {
        employment = null;
        person = null;
        if (client.Id != grant.Client || client.Program is not { Kind: ClientKind.App } app || now >= grant.Ends || (grant.Patient is null && grant.Scopes.Contains(AppScopes.LaunchPatient)))
        {
            return TrustReason.GrantInvalid;
        }

        // On people's own devices it is the person's certificate that holds code and tokens together.
        if (app.IsPublic && grant.Card?.Hash != client.Connection.Hash)
        {
            return TrustReason.TokenNotBound;
        }

        if (_revoked.Contains(grant.Id))
        {
            return TrustReason.TokenRevoked;
        }

        var registry = _registry.Current;
        person = registry.PersonById(grant.Person);
        if (person is not { Kind: PersonKind.Clinician or PersonKind.Citizen })
        {
            return TrustReason.Unregistered;
        }

        if (person.Suspended)
        {
            return TrustReason.Suspended;
        }

        if (grant.Card is { } card)
        {
            var status = registry.IsBlocked(card.Hash.ToHex()) ? TrustReason.Revoked : _revocation.Check(card.Id, now.UtcTicks);
            if (status != TrustReason.None)
            {
                return status;
            }
        }

        if (grant.Institution is null)
        {
            return person.Kind == PersonKind.Citizen ? TrustReason.None : TrustReason.WrongInstitution;
        }

        employment = person.EmploymentAt(grant.Institution, now);
        return employment is null || person.Kind != PersonKind.Clinician ? TrustReason.WrongInstitution
            : registry.InstitutionById(grant.Institution) is not { Suspended: false } ? TrustReason.Suspended
            : TrustReason.None;
    }

    private AppToken Issue(ProvenClient client, AppGrant grant, Person person, Employment? employment, ImmutableArray<string> scopes, string? nonce, DateTimeOffset now)
    {
        var purpose = person.Kind == PersonKind.Citizen ? Purposes.PatientRequest : Purposes.Treatment;
        var claims = _issuer.Begin(client.Connection, person.Id, client.Id, purpose, scopes, now, _options.AppTokenSecondsMax, grant.Ends.UtcTicks, employment?.Until?.UtcTicks ?? long.MaxValue, client.RegisteredUntil) with
        {
            Institution = grant.Institution,
            Role = employment?.Role,
            Card = grant.Card,
            Grant = grant.Id,
            Patient = grant.Patient,
        };
        var card = grant.Card?.Hash.ToHex();
        var caller = employment is null
            ? Callers.OfCitizenToken(claims, person, client.Connection.Thumbprint, card, scopes)
            : Callers.OfToken(claims, _registry.Current.InstitutionById(grant.Institution!)!, person, employment.Role, client.Connection.Thumbprint, card, scopes);
        var identity = scopes.Contains(AppScopes.OpenId) ? _issuer.Identity(IdentityText.Write(_options.Issuer, client.Id, grant, claims, nonce), now) : null;
        return new AppToken(_issuer.Finish(claims, caller, now), identity, scopes.Contains(AppScopes.Offline));
    }

    /// <summary>What a clinician holds anywhere, and of one patient once one is chosen.</summary>
    private ImmutableArray<string> OfClinician(PersonContext context) => context is { Patient: null, Chooses: false }
        ? _options.ClinicianScopes
        : [.. _options.ClinicianScopes, .. _options.ClinicianScopes.Select(s => "patient" + s[s.IndexOf('/', StringComparison.Ordinal)..])];

    private ImmutableArray<string> Scopes(ImmutableArray<string> held, RegisteredClient app, string? requested, PersonContext context)
    {
        var launch = (requested ?? "").Split(' ').Where(s => AppScopes.IsLaunch(s) && app.Scopes.Contains(s)).Distinct(StringComparer.Ordinal).Where(s => s switch
        {
            // What cannot be kept is not promised.
            AppScopes.FhirUser => context.FhirUser is not null,
            AppScopes.LaunchPatient => context.Patient is not null || context.Chooses,
            _ => true,
        }).ToList();

        var data = GrantedScope.Narrow(GrantedScope.Narrow(held, string.Join(' ', app.Scopes), _options.KeepsQuery), requested ?? "", _options.KeepsQuery);
        return [.. launch, .. data];
    }

    /// <summary>The part of a grant's scopes that is asked for now; none where anything asked for was not granted (RFC 6749, 6). Compared by meaning: a scope with a query is a part of the same without.</summary>
    private ImmutableArray<string> Fewer(ImmutableArray<string> granted, string asked)
    {
        string[] texts = [.. asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        return texts.All(t => granted.Contains(t) || GrantedScope.Narrow(granted, t, _options.KeepsQuery).Contains(t)) ? [.. texts] : [];
    }
}
