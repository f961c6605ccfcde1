using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.OpenId;

/// <summary>The connection that a provider's token came on: an institution's, proven and registered.</summary>
public sealed class TokenCarrier
{
    internal TokenCarrier(CertificateFinding connection, Institution institution) => (Connection, Institution) = (connection, institution);

    internal CertificateFinding Connection { get; }

    internal Institution Institution { get; }

    /// <summary>Registered id of the institution, for the log.</summary>
    public string InstitutionId => Institution.Id;
}

/// <summary>
/// A provider's bearer token becomes a caller. The connection comes first, before anybody looks at the token: it must be an institution's, since a token of this kind is bound to no certificate of its own, and is worth something only on
/// the connections of the institution that answers for the program it was issued to.
/// </summary>
public sealed class OpenIdCallers(CertificateGate gate, IRegistry registry, OpenIdPersons persons, TokenOptions options, TimeProvider time)
{
    private const int ClockSkewSeconds = 30;
    private const int RememberedMax = 20_000;

    private readonly GenerationCache<Hash256, Remembered> _validated = new(RememberedMax);

    /// <summary>What was validated before under the same keys of the provider; null where it has to be done now.</summary>
    public OpenIdIdentity? Recall(string bearer, long keys) => _validated.TryGet(KeyOf(bearer), out var known) && known.Keys == keys ? known.Identity : null;

    /// <summary>Remembers what was validated, by the token's hash. Times are looked at on each use all the same.</summary>
    public void Remember(string bearer, long keys, OpenIdIdentity identity) => _validated.Set(KeyOf(bearer), new Remembered(keys, identity));

    /// <summary>Who carries a token on this connection.</summary>
    public TrustReason Carry(X509Certificate2? certificate, out TokenCarrier? carrier)
    {
        carrier = null;
        var reason = gate.Examine(certificate, CertificateUse.Connection, out var connection);
        if (reason != TrustReason.None)
        {
            return reason;
        }

        if (registry.Current.InstitutionOf(connection!, time.GetUtcNow()) is not { } institution)
        {
            return TrustReason.Unregistered;
        }

        if (institution.Kind == InstitutionKind.Proxy)
        {
            return TrustReason.NoCertificate;
        }

        if (!connection!.Uses.HasFlag(AnchorUses.Institutions))
        {
            return TrustReason.UnknownIssuer;
        }

        carrier = institution.Suspended ? null : new TokenCarrier(connection, institution);
        return carrier is null ? TrustReason.Suspended : TrustReason.None;
    }

    /// <summary>What the token, which was validated, makes of the connection: times, binding, program, person, scopes; the cheapest first.</summary>
    public TrustReason Speak(TokenCarrier carrier, OpenIdIdentity identity, out Caller? caller)
    {
        caller = null;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (identity.Times is not { } times || times.Issued > now + ClockSkewSeconds || times.Expires - times.Issued > identity.Provider.TokenMinutesMax * 60L)
        {
            return TrustReason.TokenInvalid;
        }

        if (now >= times.Expires)
        {
            return TrustReason.TokenExpired;
        }

        if (!identity.TryReadBinding(out var bound) || (bound is null ? identity.Provider.RequireBinding : bound != carrier.Connection.Hash))
        {
            return TrustReason.TokenNotBound;
        }

        var reason = ProgramOf(carrier, identity, out var program);
        if (program is null)
        {
            return reason;
        }

        reason = persons.Find(identity, out var person);
        if (person is null)
        {
            return reason;
        }

        if (person.Kind is PersonKind.Auditor or PersonKind.Operator)
        {
            caller = Callers.OfStaff(person, carrier.Connection.Thumbprint) with { TokenId = identity.TokenId, Client = program.Id };
            return TrustReason.None;
        }

        var scopes = Scopes(identity, program);
        if (scopes.IsEmpty)
        {
            return TrustReason.ScopeNotAllowed;
        }

        caller = Callers.OfCitizen(person, carrier.Connection.Thumbprint) with { Card = null, Scopes = scopes, TokenId = identity.TokenId, Client = program.Id };
        return TrustReason.None;
    }

    private static Hash256 KeyOf(string bearer) => Hash256.Of(Encoding.UTF8.GetBytes(bearer));

    private sealed record Remembered(long Keys, OpenIdIdentity Identity);

    /// <summary>An application of this very institution. One on people's own devices has no certificate to carry a token by.</summary>
    private TrustReason ProgramOf(TokenCarrier carrier, OpenIdIdentity identity, out RegisteredClient? program)
    {
        program = null;
        if (identity.Client is not { } id || registry.Current.ClientById(id) is not var (institution, client) || client is not { Kind: ClientKind.App, IsPublic: false })
        {
            return TrustReason.ClientUnproven;
        }

        if (institution.Id != carrier.Institution.Id)
        {
            return TrustReason.TokenNotBound;
        }

        program = client.Suspended ? null : client;
        return program is null ? TrustReason.Suspended : TrustReason.None;
    }

    /// <summary>What a citizen has, narrowed by what the program is registered with and by what the token says; without a word of scopes, nothing.</summary>
    private ImmutableArray<string> Scopes(OpenIdIdentity identity, RegisteredClient program) => GrantedScope.Narrow(
        GrantedScope.Narrow(Callers.CitizenScopes, string.Join(' ', program.Scopes), options.KeepsQuery),
        string.Join(' ', identity.Scopes.SelectMany(identity.Provider.ScopesOf)),
        options.KeepsQuery);
}
