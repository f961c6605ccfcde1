using System.Net;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Revocation;

public sealed class RevocationServiceTests : IDisposable
{
    private const string Address = "http://crl.example/ca.crl";
    private readonly ManualTime _time = new();
    private readonly TestFolder _folder = new();
    private readonly DevelopmentAuthority _authority;
    private readonly X509Certificate2 _certificate;

    public RevocationServiceTests()
    {
        _authority = DevelopmentAuthority.CreateRoot("Authority", _time.Now.AddDays(-1), _time.Now.AddDays(1000));
        _certificate = _authority.Issue(OddCertificates.Client(_time.Now));
    }

    private string ListPath => _folder["ca.crl"];

    [Fact]
    public async Task Authority_without_a_list_vouches_for_nobody()
    {
        await using var service = Service(ListPath);
        Assert.Equal(TrustReason.RevocationUnknown, Check(service));
        await service.RefreshAsync(default);
        Assert.Equal(TrustReason.RevocationUnknown, Check(service));
        var freshness = Assert.Single(service.Freshness());
        Assert.Equal(TimeSpan.Zero, freshness.Remaining);
        Assert.Equal("not there", freshness.Fault);
    }

    [Fact]
    public async Task Freshness_counts_down_to_next_update_plus_grace_and_then_the_gate_is_shut()
    {
        Publish(1, revoked: false);
        await using var service = Service(ListPath);
        await service.RefreshAsync(default);
        Assert.Equal(TrustReason.None, Check(service));
        var freshness = Assert.Single(service.Freshness());
        Assert.Equal((TimeSpan.FromHours(25), null, _time.Now.AddDays(1)), (freshness.Remaining, freshness.Fault, freshness.NextUpdate));

        _time.Advance(TimeSpan.FromHours(25) - TimeSpan.FromSeconds(1));
        Assert.Equal(TrustReason.None, Check(service));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TrustReason.RevocationUnknown, Check(service));
        Assert.Equal(TimeSpan.Zero, Assert.Single(service.Freshness()).Remaining);
    }

    [Fact]
    public async Task Changed_file_counts_within_seconds_without_being_asked()
    {
        Publish(1, revoked: false);
        await using var service = Service(ListPath, o => o with { FilePollMilliseconds = 50 });
        await service.StartAsync(default);
        Assert.Equal(TrustReason.None, Check(service));

        Publish(2, revoked: true);
        for (var i = 0; i < 100 && Check(service) != TrustReason.Revoked; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(TrustReason.Revoked, Check(service));
    }

    [Fact]
    public async Task Older_list_put_back_un_revokes_nobody()
    {
        Publish(1, revoked: false);
        var old = File.ReadAllBytes(ListPath);
        _time.Advance(TimeSpan.FromMinutes(1));
        Publish(2, revoked: true);
        await using var service = Service(ListPath);
        await service.RefreshAsync(default);
        File.WriteAllBytes(ListPath, old);
        await service.RefreshAsync(default);
        Assert.Equal(TrustReason.Revoked, Check(service));
        Assert.Equal("older than the list in force", Assert.Single(service.Freshness()).Fault);
    }

    [Fact]
    public async Task Damaged_list_leaves_the_good_one_in_force_until_its_own_end()
    {
        Publish(1, revoked: false);
        await using var service = Service(ListPath);
        await service.RefreshAsync(default);
        File.WriteAllText(ListPath, "garbage");
        await service.RefreshAsync(default);
        Assert.Equal(TrustReason.None, Check(service));
        Assert.Contains("not a revocation list", Assert.Single(service.Freshness()).Fault, StringComparison.Ordinal);

        // Still said at the next look, though the bytes have not changed.
        await service.RefreshAsync(default);
        Assert.NotNull(Assert.Single(service.Freshness()).Fault);

        Publish(2, revoked: false);
        await service.RefreshAsync(default);
        Assert.Null(Assert.Single(service.Freshness()).Fault);
    }

    [Fact]
    public async Task List_from_the_future_waits_for_its_time()
    {
        Publish(1, revoked: true, _time.Now.AddMinutes(5));
        await using var service = Service(ListPath);
        await service.RefreshAsync(default);
        Assert.Equal(TrustReason.RevocationUnknown, Check(service));
        Assert.Equal("from the future", Assert.Single(service.Freshness()).Fault);

        _time.Advance(TimeSpan.FromMinutes(4));
        await service.RefreshAsync(default);
        Assert.Equal(TrustReason.Revoked, Check(service));
        Assert.Null(Assert.Single(service.Freshness()).Fault);
    }

    [Fact]
    public async Task Too_large_a_list_is_not_read()
    {
        File.WriteAllBytes(ListPath, new byte[2000]);
        await using var service = Service(ListPath, o => o with { ListBytesMax = 1024 });
        await service.RefreshAsync(default);
        Assert.Equal("too large", Assert.Single(service.Freshness()).Fault);
    }

    [Fact]
    public async Task Address_is_asked_with_its_last_tag_and_retried()
    {
        Publish(1, revoked: false);
        var web = new FakeWeb(File.ReadAllBytes(ListPath));
        web.Fail(1);
        await using var service = Service(Address, handler: web);
        await service.RefreshAsync(default);
        Assert.Equal(TrustReason.None, Check(service));
        Assert.Equal(2, web.Asked);

        await service.RefreshAsync(default);
        Assert.Equal(1, web.NotModified);
        Assert.Null(Assert.Single(service.Freshness()).Fault);

        Publish(2, revoked: true);
        web.Put(File.ReadAllBytes(ListPath));
        await service.RefreshAsync(default);
        Assert.Equal(TrustReason.Revoked, Check(service));
    }

    [Fact]
    public async Task Address_that_keeps_failing_is_left_alone_for_a_while_and_what_is_known_stays()
    {
        Publish(1, revoked: false);
        var web = new FakeWeb(File.ReadAllBytes(ListPath));
        await using var service = Service(Address, o => o with { FetchRetriesMax = 0 }, web);
        await service.RefreshAsync(default);
        web.Fail(1000);
        for (var i = 0; i < 10; i++)
        {
            await service.RefreshAsync(default);
        }

        Assert.True(web.Asked < 8, $"asked {web.Asked} times");
        Assert.Equal("not asked again yet after repeated failures", Assert.Single(service.Freshness()).Fault);
        Assert.Equal(TrustReason.None, Check(service));
    }

    [Fact]
    public async Task Answer_without_end_is_cut_off()
    {
        var web = new FakeWeb(new byte[5000]);
        await using var service = Service(Address, o => o with { ListBytesMax = 1024, FetchRetriesMax = 0 }, web);
        await service.RefreshAsync(default);
        Assert.Equal("too large", Assert.Single(service.Freshness()).Fault);
    }

    [Fact]
    public void Options_report_all_their_faults_together()
    {
        var options = new RevocationOptions { Sources = [], GraceSeconds = -1, ListBytesMax = 1 };
        Assert.Equal(3, options.Faults().Length);
        Assert.Throws<ArgumentException>(() => new RevocationService(options, _time));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    private RevocationService Service(string location, Func<RevocationOptions, RevocationOptions>? change = null, HttpMessageHandler? handler = null)
    {
        var options = new RevocationOptions { Sources = [new RevocationSource(_authority.Certificate, location)] };
        return new RevocationService(change?.Invoke(options) ?? options, _time, handler: handler);
    }

    private void Publish(int number, bool revoked, DateTimeOffset? thisUpdate = null)
    {
        var at = thisUpdate ?? _time.Now;
        File.WriteAllBytes(ListPath, _authority.IssueRevocationList(revoked ? [_certificate.SerialNumberBytes] : [], number, at, at.AddDays(1)));
    }

    private TrustReason Check(RevocationService service)
    {
        Assert.True(SerialNumber.TryRead(_certificate.SerialNumberBytes.Span, out var serial));
        return service.Check(new CertificateId(CertificateId.IssuerOf(_authority.Certificate), serial), _time.Now.UtcTicks);
    }

    private sealed class FakeWeb(byte[] content) : HttpMessageHandler
    {
        private byte[] _content = content;
        private int _version = 1;
        private int _failures;

        internal int Asked { get; private set; }

        internal int NotModified { get; private set; }

        internal void Fail(int times) => _failures = times;

        internal void Put(byte[] content)
        {
            _content = content;
            _version++;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            if (_failures-- > 0)
            {
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway));
            }

            var tag = $"\"{_version}\"";
            if (request.Headers.TryGetValues("If-None-Match", out var tags) && tags.Single() == tag)
            {
                NotModified++;
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotModified));
            }

            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(_content) };
            response.Headers.TryAddWithoutValidation("ETag", tag);
            return Task.FromResult(response);
        }
    }
}
