using System.Security.Cryptography;
using EHealthHub.Keys.Development;

namespace EHealthHub.Keys.Tests.Development;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class VaultFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly Guid Hub = Guid.Parse("01989f3e-0000-7000-8000-000000000001");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_vault_opened_again_derives_the_same_keys()
    {
        using var first = DevelopmentVault.Open(_folder.Path, Hub, create: true, null);
        using var second = DevelopmentVault.Open(_folder.Path, Hub, create: false, null);
        Assert.Equal(Derived(first), Derived(second));
        Assert.Equal(first.PublicKeyEd25519("sign/checkpoint"), second.PublicKeyEd25519("sign/checkpoint"));
        Assert.Equal(first.PublicKeyEs256("sign/token"), second.PublicKeyEs256("sign/token"));
    }

    [Fact]
    public void Opening_without_a_file_creates_none_unless_told_to()
    {
        Assert.Throws<FileNotFoundException>(() => DevelopmentVault.Open(_folder.Path, Hub, create: false, null));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void The_file_is_readable_by_its_owner_only_and_nothing_else_is_left_in_the_folder()
    {
        var folder = _folder.File("keys");
        DevelopmentVault.Open(folder, Hub, create: true, null).Dispose();
        var file = Assert.Single(Directory.GetFileSystemEntries(folder));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_can_touch_is_refused(UnixFileMode more)
    {
        DevelopmentVault.Open(_folder.Path, Hub, create: true, null).Dispose();
        File.SetUnixFileMode(_folder.File("development.key"), OwnerOnly | more);
        Assert.Throws<InvalidDataException>(() => DevelopmentVault.Open(_folder.Path, Hub, create: false, null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("correct horse battery")]
    public void Every_changed_byte_and_every_length_but_the_right_one_is_noticed(string? passphrase)
    {
        DevelopmentVault.Open(_folder.Path, Hub, create: true, passphrase).Dispose();
        var path = _folder.File("development.key");
        var whole = File.ReadAllBytes(path);

        // Argon2id takes 0.1 s on purpose: with a passphrase only some positions are tried.
        var step = passphrase is null ? 1 : 17;
        for (var at = 0; at < whole.Length; at += step)
        {
            var changed = whole.ToArray();
            changed[at] ^= 0x20;
            AssertRefused(path, changed, passphrase);
        }

        foreach (var length in new[] { 0, 9, 10, whole.Length - 1 })
        {
            AssertRefused(path, whole[..length], passphrase);
        }

        AssertRefused(path, [.. whole, 0], passphrase);
    }

    [Fact]
    public void Another_hub_cannot_open_the_file()
    {
        DevelopmentVault.Open(_folder.Path, Hub, create: true, null).Dispose();
        Assert.Throws<InvalidDataException>(() => DevelopmentVault.Open(_folder.Path, Guid.Parse("01989f3e-0000-7000-8000-000000000002"), create: false, null));
    }

    [Fact]
    public void A_protected_file_opens_with_its_passphrase_only_and_does_not_hold_the_root_in_clear()
    {
        byte[] key;
        using (var vault = DevelopmentVault.Open(_folder.Path, Hub, create: true, "correct horse battery"))
        {
            key = Derived(vault);
        }

        using (var vault = DevelopmentVault.Open(_folder.Path, Hub, create: false, "correct horse battery"))
        {
            Assert.Equal(key, Derived(vault));
        }

        Assert.Throws<InvalidDataException>(() => DevelopmentVault.Open(_folder.Path, Hub, create: false, "correct horse batterz"));
        Assert.Throws<InvalidDataException>(() => DevelopmentVault.Open(_folder.Path, Hub, create: false, null));
    }

    [Fact]
    public void A_passphrase_too_short_to_protect_anything_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => DevelopmentVault.Open(_folder.Path, Hub, create: true, "short"));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Of_several_that_start_at_once_all_use_the_same_file()
    {
        var vaults = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => DevelopmentVault.Open(_folder.Path, Hub, create: true, null))));
        Assert.Single(vaults.Select(v => Convert.ToHexString(Derived(v))).Distinct());
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
        Array.ForEach(vaults, v => v.Dispose());
    }

    private static byte[] Derived(Keys.Wrapping.IKeyVault vault)
    {
        using var key = vault.Derive("index/national");
        return SHA256.HashData(key.Bytes);
    }

    private static void AssertRefused(string path, byte[] content, string? passphrase)
    {
        File.WriteAllBytes(path, content);
        Assert.Throws<InvalidDataException>(() => DevelopmentVault.Open(Path.GetDirectoryName(path)!, Hub, create: false, passphrase));
    }
}
