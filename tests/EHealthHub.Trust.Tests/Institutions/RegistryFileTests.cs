using System.Text;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Institutions;

public sealed class RegistryFileTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthenticator _authenticator = new();
    private readonly List<RegistryFile> _opened = [];

    private string FilePath => _folder["registry.json"];

    [Fact]
    public void What_was_written_is_read_again_in_every_part()
    {
        var read = Open().Current;
        var written = TestRegistry.Snapshot();
        Assert.Equal(1, read.Revision);
        Assert.Equal(Describe(written), Describe(read));
        Assert.Equal(written.BlockedCertificates.Order(), read.BlockedCertificates.Order());
        Assert.Contains("Ankara Şehir", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_its_owner_may_read_the_file()
    {
        if (!OperatingSystem.IsWindows())
        {
            Open();
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }
    }

    [Fact]
    public void There_is_no_second_first_registry()
    {
        Open();
        Assert.Throws<IOException>(() => RegistryFile.Create(FilePath, _authenticator, TestRegistry.Snapshot()));
    }

    [Fact]
    public void First_registry_that_breaks_a_rule_is_not_written()
    {
        var bad = TestRegistry.Snapshot();
        Assert.Throws<ArgumentException>(() => RegistryFile.Create(FilePath, _authenticator, new RegistrySnapshot([bad.Institutions[0] with { Scopes = ["user/*.rs"] }], [], [])));
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void Change_is_in_force_here_at_once_and_elsewhere_on_the_next_look()
    {
        var here = Open();
        var elsewhere = OpenAgain();

        var change = here.Change(r => r.Suspend("hospital-ankara"));

        Assert.Equal(new RegistryChange(RegistryChangeStatus.Done, 2, ""), change);
        Assert.True(here.Current.InstitutionById("hospital-ankara")!.Suspended);
        Assert.False(elsewhere.Current.InstitutionById("hospital-ankara")!.Suspended);
        Assert.True(elsewhere.Reload());
        Assert.True(elsewhere.Current.InstitutionById("hospital-ankara")!.Suspended);
        Assert.Equal(2, elsewhere.Current.Revision);
        Assert.False(elsewhere.Reload());
        Assert.Empty(Directory.GetFiles(_folder["."], "*.tmp"));
    }

    [Fact]
    public async Task Running_process_follows_the_file_by_itself()
    {
        var here = Open();
        var elsewhere = OpenAgain();
        elsewhere.Watch();
        here.Change(r => r.Suspend("hospital-ankara"));
        for (var i = 0; i < 100 && elsewhere.Current.Revision < 2; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(2, elsewhere.Current.Revision);
    }

    [Fact]
    public void Writer_who_looked_at_an_older_revision_meets_a_conflict()
    {
        var one = Open();
        var two = OpenAgain();
        Assert.Equal(RegistryChangeStatus.Done, one.Change(r => r.Suspend("hospital-ankara"), expectedRevision: 1).Status);
        var change = two.Change(r => r.Resume("hospital-ankara"), expectedRevision: 1);
        Assert.Equal((RegistryChangeStatus.Conflict, 2L), (change.Status, change.Revision));
        Assert.True(two.Current.InstitutionById("hospital-ankara")!.Suspended);
    }

    [Fact]
    public void Changes_of_many_writers_all_count()
    {
        Open();
        var files = Enumerable.Range(0, 4).Select(_ => OpenAgain()).ToArray();
        Parallel.For(0, 20, i =>
        {
            var done = files[i % 4].Change(r => r.Block(TestRegistry.Thumbprint(i)));
            Assert.Equal(RegistryChangeStatus.Done, done.Status);
        });
        var last = OpenAgain().Current;
        Assert.Equal(21, last.Revision);
        Assert.Equal(21, last.BlockedCertificates.Count);
    }

    [Fact]
    public void Refused_edit_changes_nothing()
    {
        var file = Open();
        var before = File.ReadAllBytes(FilePath);
        var change = file.Change(r => r.Suspend("nobody"));
        Assert.Equal(RegistryChangeStatus.Refused, change.Status);
        Assert.Contains("nobody", change.Fault, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        var file = Open();
        var sound = File.ReadAllBytes(FilePath);
        for (var at = 0; at < sound.Length - 2; at += 3)
        {
            var bytes = (byte[])sound.Clone();
            bytes[at] ^= 1;
            File.WriteAllBytes(FilePath, bytes);
            Assert.Throws<InvalidDataException>(OpenAgain);
            Assert.False(file.Reload());
            Assert.NotNull(file.Fault);
            Assert.Equal(1, file.Current.Revision);
        }

        File.WriteAllBytes(FilePath, sound);
        Assert.False(file.Reload());
        Assert.Null(file.Fault);
    }

    [Fact]
    public void Registry_of_another_hub_is_not_taken()
    {
        Open();
        Assert.Throws<InvalidDataException>(() => RegistryFile.Open(FilePath, new TestAuthenticator(), TimeProvider.System));
    }

    [Fact]
    public void Nothing_is_built_upon_a_file_that_cannot_be_proven()
    {
        var file = Open();
        File.AppendAllText(FilePath, "x");
        var forged = File.ReadAllBytes(FilePath);
        Assert.Equal(RegistryChangeStatus.Refused, file.Change(r => r.Suspend("hospital-ankara")).Status);
        Assert.Equal(forged, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Older_file_put_back_is_not_taken_while_running_nor_below_the_remembered_revision()
    {
        var file = Open();
        var old = File.ReadAllBytes(FilePath);
        file.Change(r => r.Suspend("hospital-ankara"));
        File.WriteAllBytes(FilePath, old);

        Assert.False(file.Reload());
        Assert.NotNull(file.Fault);
        Assert.True(file.Current.InstitutionById("hospital-ankara")!.Suspended);
        Assert.Equal(RegistryChangeStatus.Refused, file.Change(r => r.Resume("hospital-ankara")).Status);
        Assert.Throws<InvalidDataException>(() => RegistryFile.Open(FilePath, _authenticator, TimeProvider.System, revisionMin: 2));
    }

    [Fact]
    public void Missing_file_keeps_the_last_registry_and_says_so()
    {
        var file = Open();
        File.Delete(FilePath);
        Assert.False(file.Reload());
        Assert.NotNull(file.Fault);
        Assert.NotEmpty(file.Current.Institutions);
    }

    [Theory]
    [InlineData("\"revision\": 1", "\"revision\": 0")]
    [InlineData("\"revision\": 1", "\"revision\": 1, \"revision\": 1")]
    [InlineData("\"revision\": 1", "\"revision\": 1, \"more\": 1")]
    [InlineData("\"kind\": \"provider\"", "\"kind\": 1")]
    [InlineData("\"kind\": \"provider\"", "\"kind\": \"king\"")]
    [InlineData("\"suspended\": false,", "")]
    [InlineData("\"persons\": [", "\"persons\": [null,")]
    [InlineData("system/*.cruds", "system/*.everything")]
    public void Content_outside_the_rules_is_not_taken_even_with_a_true_tag(string from, string to)
    {
        Open();
        var text = File.ReadAllText(FilePath);
        const string Before = "\"registry\":";
        var content = text[(text.IndexOf(Before, StringComparison.Ordinal) + Before.Length)..].TrimEnd('\n')[..^1];
        Assert.Contains(from, content, StringComparison.Ordinal);
        var changed = content.Replace(from, to, StringComparison.Ordinal);
        var tag = Convert.ToHexStringLower(_authenticator.Tag(Encoding.UTF8.GetBytes("ehealthhub-registry/1\n" + changed)));
        File.WriteAllText(FilePath, $"{{\"tag\":\"{tag}\",\"registry\":{changed}}}\n");
        Assert.Throws<InvalidDataException>(OpenAgain);
    }

    [Fact]
    public void Demonstration_participants_make_a_registry_that_keeps_the_rules()
    {
        using var pki = DevelopmentPki.OpenOrCreate(_folder["pki"], new ManualTime());
        var demo = DemoRegistry.Build(pki.Participants, new ManualTime().Now);
        RegistryFile.Create(FilePath, _authenticator, demo);
        var read = OpenAgain().Current;
        Assert.Equal(
            ["hospital-ankara", "hospital-expired", "hospital-izmir", "hospital-revoked", "insurer", "ministry"],
            read.Institutions.Select(i => i.Id).Order());
        Assert.Equal(["auditor", "citizen-zeynep", "dr-ayse", "dr-mehmet", "operator", "operator-second"], read.Persons.Select(p => p.Id).Order());
        Assert.Equal("hospital-izmir", Assert.Single(read.PersonById("dr-mehmet")!.Employments).Institution);
    }

    public void Dispose()
    {
        foreach (var file in _opened)
        {
            file.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        _folder.Dispose();
    }

    private RegistryFile Open()
    {
        RegistryFile.Create(FilePath, _authenticator, TestRegistry.Snapshot());
        return OpenAgain();
    }

    private RegistryFile OpenAgain()
    {
        var file = RegistryFile.Open(FilePath, _authenticator, TimeProvider.System);
        lock (_opened)
        {
            _opened.Add(file);
        }

        return file;
    }

    private static string Describe(RegistrySnapshot registry) => string.Join(
        '\n',
        registry.Institutions.Select(i => $"{i.Id} {i.Name} {i.Kind} {string.Join(',', i.Certificates)} {string.Join(',', i.Scopes)} {i.Suspended} {i.RequestsPerSecondMax}")
            .Concat(registry.Persons.Select(p => $"{p.Id} {p.Name} {p.Kind} {p.NationalId} {string.Join(',', p.Certificates)} {string.Join(',', p.Employments)} {p.Suspended}")));
}
