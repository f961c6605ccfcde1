using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Clients;

/// <summary>A client that proved itself: an institution by its certificate, or a program of one. Made by <see cref="ClientGate"/> alone.</summary>
public sealed record ProvenClient
{
    internal ProvenClient(CertificateFinding connection, long until)
    {
        Connection = connection;
        RegisteredUntil = until;
    }

    /// <summary>client_id: the program's, or the institution's.</summary>
    public required string Id { get; init; }

    /// <summary>The institution that answers for it.</summary>
    public required Institution Institution { get; init; }

    /// <summary>The program; null where the institution itself asks.</summary>
    public RegisteredClient? Program { get; init; }

    /// <summary>The client as a caller, for the audit log: its institution, without a person and without scopes.</summary>
    public Caller Caller => Callers.OfInstitution(Institution, Connection.Thumbprint) with { Scopes = [], Client = Id };

    internal CertificateFinding Connection { get; }

    /// <summary>UTC ticks until which the connection's certificate is registered; no token outlives it.</summary>
    internal long RegisteredUntil { get; }

    internal BusinessExtension? Business { get; init; }
}

/// <summary>How a client says who it is (RFC 6749, 2.3; RFC 7521, 4.2). Secrets do not exist here.</summary>
/// <param name="ClientId">client_id; null where it is left to the assertion or the certificate.</param>
/// <param name="AssertionType">client_assertion_type.</param>
/// <param name="Assertion">client_assertion.</param>
/// <param name="IsUdap">True for a request with <c>udap=1</c>.</param>
public sealed record ClientStatement(string? ClientId, string? AssertionType, string? Assertion, bool IsUdap = false);
