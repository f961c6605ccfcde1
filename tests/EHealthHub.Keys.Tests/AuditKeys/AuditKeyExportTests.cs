using System.Security.Cryptography;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Keys.Development;

namespace EHealthHub.Keys.Tests.AuditKeys;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class AuditKeyExportTests : IDisposable
{
    private const string Origin = "ehealthhub/06/node-1/01989f3e/2026H2";

    private readonly TemporaryFolder _folder = new();
    private readonly DerivedVault _vault = new(SHA256.HashData("root"u8), Guid.Empty);

    private string File => _folder.File("auditor/audit.keys");

    public void Dispose()
    {
        _vault.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_auditor_gets_the_sealing_key_of_the_log_and_the_public_key_of_its_checkpoints()
    {
        AuditKeyExport.Update(File, _vault, new AuditLogNames(Origin, "audit/2026H2", "sign/checkpoint", "registry/1"));
        using var ring = AuditKeyRing.Read(File);
        using var key = _vault.Derive("audit/2026H2");
        Assert.Equal(key.Bytes.ToArray(), ring.SealingKey(Origin)!.Bytes.ToArray());
        Assert.Equal(_vault.PublicKeyEd25519("sign/checkpoint"), ring.CheckpointKeys[Origin]);
        Assert.Null(ring.SealingKey("other"));
        using var registry = _vault.Derive("registry/1");
        Assert.Equal(registry.Bytes.ToArray(), ring.RegistryKey.Bytes.ToArray());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void Later_logs_are_added_and_earlier_ones_kept()
    {
        AuditKeyExport.Update(File, _vault, new AuditLogNames(Origin, "audit/2026H2", "sign/checkpoint", "registry/1"));
        AuditKeyExport.Update(File, _vault, new AuditLogNames("ehealthhub/06/node-1/01989f3e/2027H1", "audit/2027H1", "sign/checkpoint", "registry/1"));
        AuditKeyExport.Update(File, _vault, new AuditLogNames(Origin, "audit/2026H2", "sign/checkpoint", "registry/1"));
        using var ring = AuditKeyRing.Read(File);
        Assert.Equal(2, ring.Origins.Count);
        Assert.NotEqual(ring.SealingKey(Origin)!.Bytes.ToArray(), ring.SealingKey("ehealthhub/06/node-1/01989f3e/2027H1")!.Bytes.ToArray());
    }

    [Fact]
    public void Nothing_but_audit_keys_is_handed_out()
    {
        Assert.Throws<ArgumentException>(() => AuditKeyExport.Update(File, _vault, new AuditLogNames(Origin, "index/national", "sign/checkpoint", "registry/1")));
        Assert.Throws<ArgumentException>(() => AuditKeyExport.Update(File, _vault, new AuditLogNames(Origin, "audit/2026H2", "sign/checkpoint", "index/national")));
        Assert.False(System.IO.File.Exists(File));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"format":2,"registry":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","logs":[]}""")]
    [InlineData("""{"format":1,"logs":[]}""")]
    [InlineData("""{"format":1,"registry":"AAAA","logs":[]}""")]
    [InlineData("""{"format":1,"registry":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","logs":[{}]}""")]
    [InlineData("""{"format":1,"registry":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","logs":[{"origin":"o","seal":"AAAA","checkpoint":"AAAA"}]}""")]
    [InlineData("""{"format":1,"registry":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","logs":[{"origin":"o","seal":"!","checkpoint":"AAAA"}]}""")]
    [InlineData("""{"format":1,"registry":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","logs":[{"origin":1}]}""")]
    [InlineData("""{"format":1,"registry":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","logs":[[[[[[]]]]]]}""")]
    public void A_damaged_file_is_refused(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, content);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Throws<InvalidDataException>(() => AuditKeyRing.Read(File));
    }

    [Fact]
    public void A_file_that_others_can_read_is_refused()
    {
        AuditKeyExport.Update(File, _vault, new AuditLogNames(Origin, "audit/2026H2", "sign/checkpoint", "registry/1"));
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Throws<InvalidDataException>(() => AuditKeyRing.Read(File));
    }
}
