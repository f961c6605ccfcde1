using System.Security.Cryptography;
using EHealthHub.Audit.Log;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Exchange.Tests.Support;

/// <summary>A real audit log in a folder of its own.</summary>
internal sealed class TestLog : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "ehealthhub-exchange-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
    private readonly IKeyVault _vault;

    public TestLog(TimeProvider time)
    {
        var keys = Path.Combine(_folder, "keys");
        Directory.CreateDirectory(keys);
        _vault = DevelopmentVault.Open(keys, Guid.Parse("6f1b0c1e-8f4e-4c54-9a3e-1c2d3e4f5a6b"), create: true);
        Sealer = new VaultEntrySealer(_vault.Derive(HubLayout.AuditKey("2026H2")));
        Log = AuditLog.Open(new AuditLogOptions { Folder = Path.Combine(_folder, "audit"), Origin = "ehealthhub/06/test/6f1b0c1e/2026H2" }, Sealer, new VaultCheckpointSigner(_vault, "ehealthhub/06/test/6f1b0c1e/2026H2"), time);
    }

    public AuditLog Log { get; }

    private VaultEntrySealer Sealer { get; }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        Sealer.Dispose();
        _vault.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
