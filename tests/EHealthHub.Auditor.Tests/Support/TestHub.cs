using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Auditor.Composition;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Trust;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using Microsoft.Extensions.Configuration;

namespace EHealthHub.Auditor.Tests.Support;

/// <summary>A data directory as a hub leaves it, with a writer at work on its log: development PKI, registry, vault, the auditors' key file.</summary>
internal sealed class TestHub : IAsyncDisposable, IRegistryAuthenticator
{
    public const string Origin = "ehealthhub/06/node-1/01989f3e/2026H2";

    private readonly TemporaryFolder _folder = new();
    private readonly IKeyVault _vault;
    private readonly DataKey _registryKey;

    private TestHub()
    {
        Directory.CreateDirectory(Audit);
        Pki = DevelopmentPki.OpenOrCreate(_folder.File("pki"), TimeProvider.System);
        _vault = DevelopmentVault.Open(_folder.File("keys"), Guid.Parse("01989f3e-0000-7000-8000-000000000001"), create: true);
        _registryKey = _vault.Derive("registry/1");
        RegistryFile.Create(RegistryPath, this, DemoRegistry.Build(Pki.Participants, TimeProvider.System.GetUtcNow().AddDays(-1)));
        AuditKeyExport.Update(_folder.File("auditor", AuditKeyRing.FileName), _vault, Names(Origin, "audit/2026H2"));
        Log = OpenLog(Origin, "audit/2026H2");
    }

    public DevelopmentPki Pki { get; }

    public AuditLog Log { get; private set; }

    public string Data => _folder.Path;

    public string Audit => _folder.File("audit");

    public string Own => _folder.File("auditor");

    public string KeyFile => _folder.File("auditor", AuditKeyRing.FileName);

    private string RegistryPath => _folder.File("db", "registry.json");

    public static TestHub Create() => new();

    public byte[] Tag(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_registryKey.Bytes, content);

    /// <summary>Appends, and waits until a checkpoint covers it.</summary>
    public async Task Append(params AuditEntry[] entries)
    {
        foreach (var entry in entries)
        {
            await Log.Record(entry, CancellationToken.None);
        }

        while (Log.CheckpointSize < Log.Size)
        {
            await Task.Delay(10);
        }
    }

    public async Task CloseLog() => await Log.DisposeAsync();

    public void ReopenLog() => Log = OpenLog(Origin, "audit/2026H2");

    /// <summary>A further log of the same hub, whose keys are in the auditors' file or not.</summary>
    public AuditLog OpenOtherLog(string origin, string sealing, bool export)
    {
        if (export)
        {
            AuditKeyExport.Update(KeyFile, _vault, Names(origin, sealing));
        }

        return OpenLog(origin, sealing);
    }

    public async Task<AuditorHost> Start(params (string Name, string Value)[] configuration) => await AuditorHost.Start(
        new AuditorSettings(Data, 0),
        builder => builder.AddInMemoryCollection(configuration.Select(c => KeyValuePair.Create<string, string?>(c.Name, c.Value))),
        TimeProvider.System);

    /// <summary>A browser with a participant's certificate, or none.</summary>
    public HttpClient Client(AuditorHost host, string? participant)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true };
        handler.SslOptions.CertificateChainPolicy = new() { TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust, RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(Pki.Authority);
        if (participant is not null)
        {
            handler.SslOptions.ClientCertificates = [Pki.Load(participant)];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, certificates, _, _) => certificates[0];
        }

        return new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{host.Port}/") };
    }

    /// <summary>Changes the registry as an operator would.</summary>
    public async Task Change(Func<RegistrySnapshot, RegistryEdit> edit)
    {
        await using var registry = RegistryFile.Open(RegistryPath, this, TimeProvider.System);
        Assert.Equal(RegistryChangeStatus.Done, registry.Change(edit).Status);
    }

    public static AuditEntry Entry(int minutesAgo, string patient, string person = "dr-ayse", string institution = "hospital-ankara", EntryKind kind = EntryKind.Read, int status = 200, string detail = "", string purpose = "TREAT") => new()
    {
        Kind = kind,
        Time = TimeProvider.System.GetUtcNow().AddMinutes(-minutesAgo),
        Institution = institution,
        Person = person,
        Role = "physician",
        Purpose = purpose,
        Interaction = "read",
        ResourceType = "Observation",
        ResourceId = "o1",
        Patients = patient.Length == 0 ? [] : [.. patient.Split(' ')],
        Status = status,
        Reason = status < 400 ? "open-encounter" : "no-relationship",
        Detail = detail,
    };

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        _registryKey.Dispose();
        _vault.Dispose();
        Pki.Dispose();
        _folder.Dispose();
    }

    private static AuditLogNames Names(string origin, string sealing) => new(origin, sealing, "sign/checkpoint", "registry/1");

    private AuditLog OpenLog(string origin, string sealing) => AuditLog.Open(
        new AuditLogOptions { Folder = Audit, Origin = origin, IntegrateEvery = TimeSpan.FromMilliseconds(20), CheckpointEvery = TimeSpan.FromMilliseconds(40) },
        new TestEntryKey(_vault.Derive(sealing)),
        new TestSigner(_vault, origin),
        TimeProvider.System);

    private sealed class TestEntryKey(DataKey key) : IEntryKey, IDisposable
    {
        private readonly Prf _function = new(key, "audit entry");

        public void Derive(ReadOnlySpan<byte> context, Span<byte> secret) => _function.Tag(secret, context);

        public void Dispose() => _function.Dispose();
    }

    private sealed class TestSigner(IKeyVault vault, string origin) : ICheckpointSigner
    {
        public string Name => origin;

        public byte[] PublicKey => vault.PublicKeyEd25519("sign/checkpoint");

        public byte[] Sign(ReadOnlySpan<byte> text) => vault.SignEd25519("sign/checkpoint", text);
    }
}
