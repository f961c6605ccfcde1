using System.Security.Cryptography.X509Certificates;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clients;

namespace EHealthHub.Gateway.Authorization;

/// <summary>The hub's UDAP metadata, signed anew each day by <c>udap.crt</c> of the PKI folder. Without that certificate, or with one for another address, there is none.</summary>
internal sealed class UdapDocument : IDisposable
{
    private static readonly TimeSpan SignedFor = TimeSpan.FromDays(1);

    private readonly HubParts _parts;
    private readonly UdapEndpoints _endpoints;
    private readonly X509Certificate2? _signer;
    private Signed? _signed;

    public UdapDocument(HubParts parts)
    {
        _parts = parts;
        _endpoints = new UdapEndpoints(
            parts.Hub.FhirBase, $"{parts.Hub.BaseUrl}/{OAuthServer.AuthorizationPath}", $"{parts.Hub.BaseUrl}/{OAuthServer.TokenPath}",
            ["authorization_code", "refresh_token", "client_credentials"], OAuthDocuments.Scopes);
        var path = Path.Combine(parts.Layout.Pki, DevelopmentMetadataCertificate.Name);
        if (File.Exists(path + ".crt") && File.Exists(path + ".key"))
        {
            var certificate = X509Certificate2.CreateFromPemFile(path + ".crt", path + ".key");
            if (DevelopmentMetadataCertificate.Names(certificate, new Uri(parts.Hub.FhirBase)))
            {
                _signer = certificate;
            }
            else
            {
                certificate.Dispose();
            }
        }
    }

    /// <summary>The one community of the hub: its own.</summary>
    public string Community => _parts.Hub.BaseUrl;

    /// <summary>The document; null where it cannot be signed.</summary>
    public byte[]? Current()
    {
        var now = _parts.Time.GetUtcNow();
        if (_signer is null || now >= _signer.NotAfter.ToUniversalTime())
        {
            return null;
        }

        var signed = _signed;
        if (signed is null || now >= signed.Until || now < signed.Until - SignedFor)
        {
            _signed = signed = new Signed(UdapMetadata.Write(_endpoints, _signer, now), now + SignedFor);
        }

        return signed.Document;
    }

    public void Dispose() => _signer?.Dispose();

    private sealed record Signed(byte[] Document, DateTimeOffset Until);
}
