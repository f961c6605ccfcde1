using System.Security.Cryptography.X509Certificates;
using EHealthHub.Audit.Verify;
using EHealthHub.Gateway.Composition;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A hub with the real gateway inside the test's process, on real Kestrel, TLS, store and log.</summary>
public sealed class HubFixture : IAsyncLifetime
{
    private readonly HubDirectory _directory = HubDirectory.Create();
    private RunningGateway? _gateway;

    internal HubDirectory Files => _directory;

    public async Task InitializeAsync() =>
        _gateway = await GatewayHost.Start(new GatewaySettings(_directory.Layout.Root, _directory.Port, _directory.ManagementPort), TimeProvider.System);

    public async Task DisposeAsync()
    {
        await _gateway!.DisposeAsync();
        _directory.Dispose();
    }

    internal FhirClient Client(string? name, Version? version = null) => _directory.Client(name, version);

    internal FhirClient ClientWith(X509Certificate2 certificate) => _directory.ClientWith(certificate);

    internal string CertificateText(string name) => _directory.CertificateText(name);

    /// <summary>A certificate like the ministry's, from another authority of the same name.</summary>
    internal X509Certificate2 Impostor()
    {
        using var rsa = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_directory.Layout.Pki, "ca.crt"));
        var now = DateTimeOffset.Parse(authority.NotBefore.ToUniversalTime().ToString("O"), System.Globalization.CultureInfo.InvariantCulture);
        var root = new CertificateRequest(authority.SubjectName, rsa, System.Security.Cryptography.HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var fake = root.CreateSelfSigned(now, now.AddYears(5));
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest(_directory.Certificate("ministry").SubjectName, key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        leaf.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leaf.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2")], false));
        using var issued = leaf.Create(fake, now.AddDays(1), now.AddYears(4), [1, 2, 3, 4, 5, 6, 7, 8]);
        using var withKey = issued.CopyWithPrivateKey(key);

        // Through PKCS#12, so that the key outlives this method.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    internal string Assertion(string card, string carrier) => CardAssertion.Create(
        _directory.Certificate(card),
        new Uri(_directory.BaseAddress, "oauth/token").ToString(),
        CertificateThumbprint.Of(_directory.Certificate(carrier)),
        "TREAT",
        TimeProvider.System.GetUtcNow());

    internal async Task<FhirAnswer> TokenAnswer(string card, string carrier)
    {
        using var client = Client(carrier);
        return await client.Form("oauth/token", ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", Assertion(card, carrier)));
    }

    internal async Task<string> Token(string card, string carrier) => (string)(await TokenAnswer(card, carrier)).Expect(200).Json["access_token"]!;

    /// <summary>The hospital's connection with the clinician's token.</summary>
    internal async Task<FhirClient> Clinician(string card, string carrier)
    {
        var client = Client(carrier);
        client.Token = await Token(card, carrier);
        return client;
    }

    /// <summary>A patient of hospital-ankara with an open encounter, and dr-ayse at work there.</summary>
    internal async Task<(string Patient, FhirClient Doctor)> TreatedPatient(string family, string? nationalId = null)
    {
        using var ankara = Client("hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient(family, nationalId))).Expect(201).IdFromLocation();
        (await ankara.Post("fhir/Encounter", Samples.Encounter($"Patient/{patient}", "in-progress"))).Expect(201);
        return (patient, await Clinician("dr-ayse", "hospital-ankara"));
    }

    /// <summary>The proof of a receipt, asked for until a checkpoint covers it.</summary>
    internal static async Task<string> Proof(FhirClient client, string receipt)
    {
        var parts = receipt.Split('/');
        var (origin, index) = (string.Join('/', parts[..^2]), parts[^2]);
        for (var i = 0; i < 50; i++)
        {
            var answer = await client.Get($"audit/proof?origin={Uri.EscapeDataString(origin)}&index={index}");
            if (answer.Status == 200)
            {
                return answer.Text;
            }

            answer.Refused(404, "proof-not-yet");
            await Task.Delay(200);
        }

        throw new InvalidOperationException("No checkpoint covered the entry within ten seconds.");
    }

    /// <summary>Null when the proof shows the receipt's entry; else what is wrong.</summary>
    internal string? CheckProof(string proof, string receipt)
    {
        using var keys = AuditKeyRing.Read(Path.Combine(_directory.Layout.Auditor, AuditKeyRing.FileName));
        var parts = receipt.Split('/');
        var finding = ProofVerifier.Check(proof, receipt, keys.CheckpointKeys[string.Join('/', parts[..^2])]);
        return finding.Holds ? null : finding.Problem;
    }
}
