using EHealthHub.Operator.Preparing;
using EHealthHub.Operator.Tests.Support;
using EHealthHub.Records;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Tests.Preparing;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class HubDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public HubDataTests() => _data = _folder.File("hub");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_preparation_makes_identity_keys_pki_registry_and_the_auditors_keys()
    {
        var prepared = Prepare();
        Assert.Null(prepared.Fault);
        Assert.Equal("https://localhost:8443", prepared.Hub!.BaseUrl);
        var layout = new HubLayout(_data);
        foreach (var file in new[] { "ca.crt", "hospital-ankara.p12", "dr-ayse.key", "server.crt" })
        {
            Assert.True(File.Exists(Path.Combine(layout.Pki, file)), file);
        }

        Assert.True(File.Exists(Path.Combine(layout.Auditor, "audit.keys")));
        using var hub = OpenedHub.Open(_data, out _)!;
        using var authenticator = new VaultRegistryAuthenticator(hub.Vault);
        await using var registry = RegistryFile.Open(layout.Registry, authenticator, TimeProvider.System);
        Assert.NotNull(registry.Current.InstitutionById("hospital-ankara"));
        Assert.Null(registry.Current.InstitutionById("hospital-unregistered"));
    }

    [Fact]
    public void Only_the_owner_may_look_in()
    {
        Prepare();
        var layout = new HubLayout(_data);
        foreach (var folder in new[] { _data, layout.Keys, layout.Databases, layout.Audit, layout.Auditor, layout.Pki, layout.Logs })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
    }

    [Fact]
    public void A_second_preparation_changes_nothing()
    {
        var first = Prepare();
        var before = Snapshot();
        var second = Prepare();
        Assert.Equal(first.Hub, second.Hub);
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [InlineData("pki/hospital-ankara.crt")]
    [InlineData("pki/ca.crl")]
    [InlineData("auditor/audit.keys")]
    public void What_a_crash_left_out_is_made_the_next_time(string file)
    {
        Prepare();
        File.Delete(Path.Combine(_data, file));
        Assert.Null(Prepare().Fault);
        Assert.True(File.Exists(Path.Combine(_data, file)));
    }

    [Fact]
    public void A_preparation_that_was_cut_short_after_the_folders_is_taken_up_again()
    {
        Directory.CreateDirectory(Path.Combine(_data, "db"));
        Directory.CreateDirectory(Path.Combine(_data, "logs"));
        Assert.Null(Prepare().Fault);
    }

    [Fact]
    public void Keys_of_another_hub_are_refused()
    {
        Prepare();
        var other = _folder.File("other");
        HubData.Prepare(other, 8443, TimeProvider.System, _ => { });
        File.Copy(Path.Combine(other, "hub.json"), Path.Combine(_data, "hub.json"), overwrite: true);
        Assert.Contains("another hub", Prepare().Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_without_an_identity_are_not_given_a_new_one()
    {
        Prepare();
        File.Delete(Path.Combine(_data, "hub.json"));
        Assert.Contains("hub.json", Prepare().Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hub_with_records_whose_key_file_is_gone_is_not_given_new_keys()
    {
        Prepare();
        Directory.Delete(Path.Combine(_data, "keys"), recursive: true);
        Assert.NotNull(Prepare().Fault);
    }

    [Fact]
    public void A_directory_of_something_else_is_left_alone()
    {
        Directory.CreateDirectory(_data);
        File.WriteAllText(Path.Combine(_data, "thesis.odt"), "years of work");
        Assert.Contains("thesis.odt", Prepare().Fault, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(_data, "thesis.odt")], Directory.GetFileSystemEntries(_data));
    }

    [Fact]
    public void A_damaged_identity_is_a_fault_and_not_replaced()
    {
        Prepare();
        File.WriteAllText(Path.Combine(_data, "hub.json"), "{");
        Assert.Contains("damaged", Prepare().Fault, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(Path.Combine(_data, "hub.json")));
    }

    [Fact]
    public async Task Two_preparations_at_once_make_one_hub()
    {
        var both = await Task.WhenAll(Task.Run(Prepare), Task.Run(Prepare));
        Assert.All(both, p => Assert.Null(p.Fault));
        Assert.Equal(both[0].Hub, both[1].Hub);
    }

    [Fact]
    public void Looking_into_a_directory_without_a_hub_says_so()
    {
        Assert.Null(OpenedHub.Open(_data, out var fault));
        Assert.Contains("there is no hub", fault, StringComparison.Ordinal);
    }

    private PreparedData Prepare() => HubData.Prepare(_data, 8443, TimeProvider.System, _ => { });

    private IEnumerable<(string, string)> Snapshot() =>
        [.. Directory.EnumerateFiles(_data, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => (f, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))))];
}
