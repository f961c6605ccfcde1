using System.Runtime.Versioning;
using EHealthHub.Operator.Commands;
using EHealthHub.Operator.Preparing;
using EHealthHub.Operator.Tests.Support;
using EHealthHub.Records;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Tests.Commands;

/// <summary>The registry's commands on a prepared directory, without a running hub.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(SaidOnTheConsole))]
public sealed class RegistryCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public RegistryCommandTests()
    {
        _data = _folder.File("hub");
        Assert.Null(HubData.Prepare(_data, 8443, TimeProvider.System, _ => { }).Fault);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clinician_is_registered_employed_and_dismissed()
    {
        await Done("clinician", "dr-elif", "--name", "Elif Kaya", "--national-id", "10000000078");
        await Done("employ", "dr-elif", "hospital-izmir", "--role", "nurse", "--from", "2026-01-01", "--until", "2030-01-01", "--reason", "a test");
        var employment = Assert.Single(Read().PersonById("dr-elif")!.Employments);
        Assert.Equal(("hospital-izmir", "nurse", new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)), (employment.Institution, employment.Role, employment.Until));
        Assert.Equal("a test", Read().Notes[^1].Reason);

        await Done("dismiss", "dr-elif", "hospital-izmir");
        Assert.False(Read().PersonById("dr-elif")!.Employments[0].IsCurrent(TimeProvider.System.GetUtcNow().AddSeconds(1)));
        var shown = await Done("show", "dr-elif");
        Assert.Contains("hospital-izmir as nurse", shown, StringComparison.Ordinal);
        Assert.Contains("dismiss dr-elif hospital-izmir", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Institution_gets_certificates_scopes_and_a_quota_and_is_suspended_and_resumed()
    {
        await Done("add", "hospital-bursa", "--name", "Bursa Şehir Hastanesi", "--certificate", Certificate("hospital-unregistered"));
        await Done("certificate", "hospital-bursa", "--certificate", new string('a', 64), "--until", "2031-01-01");
        Assert.Equal(2, Read().InstitutionById("hospital-bursa")!.Certificates.Length);
        await Done("certificate", "hospital-bursa", "--certificate", new string('a', 64), "--remove");
        await Done("rotate", "hospital-bursa", "--certificate", new string('b', 64), "--overlap-days", "1");
        Assert.NotNull(Read().InstitutionById("hospital-bursa")!.Certificates[0].Until);
        await Done("scopes", "hospital-bursa", "system/Observation.rs", "system/Patient.r");
        Assert.Equal("system/Observation.rs system/Patient.r", string.Join(' ', Read().InstitutionById("hospital-bursa")!.Scopes));
        await Done("quota", "hospital-bursa", "--requests-per-second", "5", "--concurrent", "2", "--megabytes-per-minute", "3");
        Assert.Equal((5, 2, 3L << 20), (Read().InstitutionById("hospital-bursa")!.RequestsPerSecondMax, Read().InstitutionById("hospital-bursa")!.Quota!.ConcurrentMax, Read().InstitutionById("hospital-bursa")!.Quota!.BytesPerMinuteMax));
        await Done("suspend", "hospital-bursa");
        Assert.True(Read().InstitutionById("hospital-bursa")!.Suspended);
        await Done("resume", "hospital-bursa");
        Assert.False(Read().InstitutionById("hospital-bursa")!.Suspended);
        Assert.Contains("5/s, 60000/min, 2 at once, 3 MiB/min", await Done("show", "hospital-bursa"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_stand_in_list_and_show_under_their_institution()
    {
        await Done("client", "put", "ankara-laboratory", "--institution", "hospital-ankara", "--name", "Laboratuvar", "--scope", "system/Observation.rs?category=laboratory");
        await Done("client", "put", "ward", "--institution", "hospital-ankara", "--name", "Servis", "--kind", "App", "--redirect", "https://ward.example/back", "--scope", "user/*.rs launch/patient");
        Assert.Contains("ankara-laboratory", await Done("list"), StringComparison.Ordinal);
        Assert.Contains("ward, App, speaks", await Done("show", "hospital-ankara"), StringComparison.Ordinal);
        var shown = await Done("show", "ward");
        Assert.Contains("Servis, App of hospital-ankara", shown, StringComparison.Ordinal);
        Assert.Contains("https://ward.example/back", shown, StringComparison.Ordinal);
        Assert.Contains("client put ward hospital-ankara", shown, StringComparison.Ordinal);
        await Done("client", "suspend", "ward");
        Assert.Contains("SUSPENDED", await Done("show", "ward"), StringComparison.Ordinal);
        await Done("client", "remove", "ward");
        await Refused("show", "ward");
    }

    [Fact]
    public async Task Certificate_is_blocked_and_unblocked()
    {
        await Done("block", Certificate("dr-ayse"));
        Assert.Single(Read().BlockedCertificates);
        Assert.Contains("blocked certificate", await Done("list"), StringComparison.Ordinal);
        await Done("unblock", Certificate("dr-ayse"));
        Assert.Empty(Read().BlockedCertificates);
    }

    [Theory]
    [InlineData("suspend", "nobody")]
    [InlineData("employ", "dr-ayse", "nowhere")]
    [InlineData("employ", "citizen-zeynep", "hospital-ankara")]
    [InlineData("dismiss", "dr-ayse", "hospital-izmir")]
    [InlineData("clinician", "dr-elif", "--name", "Elif", "--national-id", "10000000079")]
    [InlineData("clinician", "dr-ayse", "--name", "Ayşe", "--national-id", "10000000078")]
    [InlineData("add", "hospital-ankara", "--name", "x", "--certificate", "/no/such/file")]
    [InlineData("scopes", "hospital-ankara", "user/*.rs")]
    [InlineData("scopes", "hospital-ankara", "system/*.rs?category=laboratory")]
    [InlineData("client", "put", "ward", "--institution", "hospital-ankara", "--name", "x", "--kind", "App", "--scope", "user/*.rs")]
    [InlineData("client", "put", "hospital-izmir", "--institution", "hospital-ankara", "--name", "x")]
    [InlineData("client", "suspend", "nobody")]
    [InlineData("unblock", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("show", "nobody")]
    public async Task What_cannot_be_is_refused_and_changes_nothing(params string[] arguments)
    {
        var before = Read().Revision;
        await Refused(arguments);
        Assert.Equal(before, Read().Revision);
    }

    private string Certificate(string name) => Path.Combine(new HubLayout(_data).Pki, name + ".crt");

    private RegistrySnapshot Read()
    {
        using var hub = OpenedHub.Open(_data, out _)!;
        using var authenticator = new VaultRegistryAuthenticator(hub.Vault);
        var registry = RegistryFile.Open(hub.Layout.Registry, authenticator, TimeProvider.System);
        var current = registry.Current;
        registry.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return current;
    }

    private async Task<string> Done(params string[] arguments)
    {
        var (code, said) = await SaidOnTheConsole.Run(["registry", .. arguments, "--data", _data]);
        Assert.True(code == 0, said);
        return said;
    }

    private async Task Refused(params string[] arguments)
    {
        var (code, said) = await SaidOnTheConsole.Run(["registry", .. arguments, "--data", _data]);
        Assert.True(code != 0, said);
    }
}
