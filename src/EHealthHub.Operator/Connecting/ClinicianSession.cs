using System.Security.Cryptography.X509Certificates;
using EHealthHub.Records;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Operator.Connecting;

/// <summary>
/// A clinician at work through a hospital's system: the card signs an assertion, the hospital carries it, and the hub gives a token that is good on this hospital's connections alone. Renewed before it ends. For one client at a time.
/// </summary>
internal sealed class ClinicianSession : IDisposable
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(60);

    private readonly HubIdentity _hub;
    private readonly HubClient _hospital;
    private readonly X509Certificate2 _card;
    private readonly TimeProvider _time;
    private string? _token;
    private DateTimeOffset _renewAt;

    public ClinicianSession(HubIdentity hub, HubLayout layout, HubClient hospital, string clinician, TimeProvider time)
    {
        _hub = hub;
        _hospital = hospital;
        _time = time;
        Clinician = clinician;
        _card = X509Certificate2.CreateFromPemFile(Path.Combine(layout.Pki, clinician + ".crt"), Path.Combine(layout.Pki, clinician + ".key"));
    }

    /// <summary>Registered id.</summary>
    public string Clinician { get; }

    /// <summary>A token that holds for a while yet; null when the hub refused, with its answer in <see cref="LastAnswer"/>.</summary>
    public async Task<string?> Token(CancellationToken cancel)
    {
        if (_token is not null && _time.GetUtcNow() < _renewAt)
        {
            return _token;
        }

        LastAnswer = await AskForToken(cancel).ConfigureAwait(false);
        var answer = LastAnswer.Json;
        if (!LastAnswer.IsGood || !answer.TryGetProperty("access_token", out var token) || !answer.TryGetProperty("expires_in", out var seconds))
        {
            _token = null;
            return null;
        }

        _token = token.GetString();
        _renewAt = _time.GetUtcNow() + TimeSpan.FromSeconds(seconds.GetInt32()) - RenewBefore;
        return _token;
    }

    /// <summary>What the token endpoint said last.</summary>
    public HubResponse? LastAnswer { get; private set; }

    public void Dispose() => _card.Dispose();

    private Task<HubResponse> AskForToken(CancellationToken cancel)
    {
        var endpoint = _hub.BaseUrl + "/oauth/token";
        var assertion = CardAssertion.Create(_card, endpoint, CertificateThumbprint.Of(_hospital.Certificate), Purposes.Treatment, _time.GetUtcNow());
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = assertion,
        };
        return _hospital.PostForm("/oauth/token", form, cancel);
    }
}
