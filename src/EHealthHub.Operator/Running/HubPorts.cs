namespace EHealthHub.Operator.Running;

/// <summary>Where the hub's processes listen, on loopback.</summary>
/// <param name="Gateway">FHIR, tokens and proofs over TLS.</param>
/// <param name="Auditor">The auditors' application over TLS.</param>
/// <param name="Management">Health and metrics, plain.</param>
internal sealed record HubPorts(int Gateway, int Auditor, int Management)
{
    /// <summary>The file that names the OpenID providers; null for certificates alone.</summary>
    public string? Oidc { get; init; }
}
