using System.Security.Cryptography;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Validation;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;
using EHealthHub.Records.Store;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Exchange.Tests.Support;

/// <summary>All acts over a real store and a real log in a folder of their own, and the entries that they wrote.</summary>
public sealed class TestHub : IAsyncDisposable
{
    private const string Origin = "ehealthhub/06/test/6f1b0c1e/2026H2";

    private static readonly HubIdentity Hub = new(Guid.Parse("6f1b0c1e-8f4e-4c54-9a3e-1c2d3e4f5a6b"), "test", "06", "https://localhost:8443");

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ehealthhub-acts-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
    private readonly IKeyVault _vault;
    private readonly VaultEntrySealer _sealer;
    private readonly AuditLog _log;
    private readonly RecordStore _records;
    private long _seen;

    public TestHub()
    {
        var keys = Path.Combine(_folder, "keys");
        Directory.CreateDirectory(keys);
        _vault = DevelopmentVault.Open(keys, Hub.Id, create: true);
        _sealer = new VaultEntrySealer(_vault.Derive(HubLayout.AuditKey("2026H2")));
        _log = AuditLog.Open(new AuditLogOptions { Folder = Path.Combine(_folder, "audit"), Origin = Origin }, _sealer, new VaultCheckpointSigner(_vault, Origin), TimeProvider.System);
        _records = RecordStore.OpenSqlite(_folder, Hub, _vault, TimeProvider.System);
        Acts = Open();
    }

    private Acts Open() => new(_log, _records, new Validator(), _vault, Hub, new FhirLimits(), TimeProvider.System, auditFolder: Path.Combine(_folder, "audit"));

    public Acts Acts { get; private set; }

    /// <summary>The store, for tests that put something there which no act would.</summary>
    internal RecordStore Records => _records;

    internal AuditLog Log => _log;

    /// <summary>The registry that the acts follow, once <see cref="WithRegistry"/> was called.</summary>
    internal RegistryFile Registry { get; private set; } = null!;

    /// <summary>Gives the hub a registry: ministry, two hospitals, an insurer and two clinicians without employments.</summary>
    internal async Task<TestHub> WithRegistry()
    {
        RegistryFile.Create(RegistryPath, new Authenticator(), People.Registry);
        Registry = RegistryFile.Open(RegistryPath, new Authenticator(), TimeProvider.System);
        Acts.Facts.Follow(Registry);
        await Acts.Employments.Follow(Registry, default);
        return this;
    }

    /// <summary>The acts as a start after a crash makes them: nothing remembered but what is stored, and the registry as it lies on disk.</summary>
    internal async Task Restart()
    {
        await Registry.DisposeAsync();
        Acts = Open();
        Registry = RegistryFile.Open(RegistryPath, new Authenticator(), TimeProvider.System);
        Acts.Facts.Follow(Registry);
        await Acts.Employments.Follow(Registry, default);
    }

    /// <summary>Puts the registry back to what it was: as if the process had died before it was written.</summary>
    internal byte[] RegistryBytes
    {
        get => File.ReadAllBytes(RegistryPath);
        set => File.WriteAllBytes(RegistryPath, value);
    }

    private string RegistryPath => Path.Combine(_folder, "registry.json");

    /// <summary>The registry operator.</summary>
    internal static ActContext Ministry { get; } = As("ministry", InstitutionKind.Authority);

    /// <summary>A hospital's system.</summary>
    internal static ActContext Ankara { get; } = As("hospital-ankara", InstitutionKind.Provider);

    internal static FhirResource Resource(string json) =>
        FhirReader.Read(Encoding.UTF8.GetBytes(json), new FhirLimits()).Try(out var resource, out var failure) ? resource : throw new InvalidOperationException(failure.Issues[0].Diagnostics);

    internal static Condition Condition(string type, string query) =>
        Fhir.Transactions.Condition.Parse(type, query).Try(out var condition, out var failure) ? condition : throw new InvalidOperationException(failure.Issues[0].Diagnostics);

    /// <summary>A patient of hospital-ankara; their id.</summary>
    internal async Task<string> Patient(string family = "Yılmaz")
    {
        using var patient = Resource("{\"resourceType\":\"Patient\",\"active\":true,\"name\":[{\"family\":\"" + family + "\"}]}");
        return IdOf(await Acts.Submit.Create(Ankara, "Patient", patient, null, default));
    }

    internal static FhirResource Observation(string patient) =>
        Resource("{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/" + patient + "\"}}");

    internal static string IdOf(ActResult result) => result.Location!.Split('/')[1];

    /// <summary>The entries since the last call: kind, interaction, reason, patients.</summary>
    internal List<AuditEntry> Entries()
    {
        var entries = _log.ReadFrom(_seen).Select(e => e.Entry).ToList();
        _seen += entries.Count;
        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        if (Registry is not null)
        {
            await Registry.DisposeAsync();
        }

        await _records.DisposeAsync();
        await _log.DisposeAsync();
        _sealer.Dispose();
        _vault.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ActContext As(string institution, InstitutionKind kind) => new(
        new Caller { Institution = institution, InstitutionKind = kind, Scopes = ["system/*.cruds"], Purpose = "TREAT", Certificate = new string('0', 64) }, "request", "127.0.0.0/24");

    private sealed class Authenticator : IRegistryAuthenticator
    {
        public byte[] Tag(ReadOnlySpan<byte> content) => HMACSHA256.HashData(new byte[32], content);
    }
}
