using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tests.Support;
using Org.BouncyCastle.Ocsp;

namespace EHealthHub.Trust.Tests.Revocation;

/// <summary>OCSP answers asked ahead: what is known, when it is asked again, and what a request waits for.</summary>
public sealed class OcspFollowingTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly DevelopmentAuthority _authority;
    private readonly X509Certificate2 _certificate;
    private readonly OcspMaker _responder;
    private readonly FakeResponder _web;
    private readonly TestAuthenticator _authenticator = new();
    private RevocationService _service = null!;

    public OcspFollowingTests()
    {
        _authority = DevelopmentAuthority.CreateRoot("Authority", _time.Now.AddDays(-10), _time.Now.AddDays(1000));
        _certificate = _authority.Issue(OddCertificates.Client(_time.Now));
        _responder = new OcspMaker(_authority, _time) { NextUpdate = null };
        _web = new FakeResponder(_responder.Answer);
        Use(o => o);
    }

    [Fact]
    public async Task Certificate_that_nobody_has_seen_waits_for_its_first_answer_and_no_longer_after_that()
    {
        Assert.Equal(TrustReason.RevocationUnknown, Check());
        Assert.True(await Wait());
        Assert.Equal(TrustReason.None, Check());
        Assert.Equal(1, _web.Asked);
        Assert.False(await Wait());
    }

    [Fact]
    public async Task Many_requests_of_one_unseen_certificate_are_one_question()
    {
        _web.Delay = TimeSpan.FromMilliseconds(100);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(TrustReason.RevocationUnknown, Check());
        }

        Assert.True(await Wait());
        Assert.Equal(1, _web.Asked);
    }

    [Fact]
    public async Task Slow_responder_holds_a_request_for_its_bound_alone()
    {
        Use(o => o with { Ocsp = o.Ocsp with { FirstAnswerMilliseconds = 100 } });
        _web.Delay = TimeSpan.FromSeconds(5);
        Check();
        var clock = Stopwatch.StartNew();
        Assert.True(await Wait());
        Assert.InRange(clock.ElapsedMilliseconds, 50, 3_000);
        Assert.Equal(TrustReason.RevocationUnknown, Check());
    }

    [Fact]
    public async Task Only_so_many_requests_wait_and_the_others_are_refused_at_once()
    {
        Use(o => o with { Ocsp = o.Ocsp with { WaitingMax = 1, FirstAnswerMilliseconds = 500 } });
        _web.Delay = TimeSpan.FromSeconds(5);
        Check();
        var first = Wait();
        Assert.False(await Wait());
        Assert.True(await first);
    }

    [Fact]
    public async Task Revoked_certificate_is_out_at_the_next_question_and_a_recorded_good_answer_brings_it_not_back()
    {
        Use(o => o, OcspNonce.Off);
        await _service.Prefetch([Id]);
        await Wait();
        Assert.Equal(TrustReason.None, Check());
        var recorded = _web.Last;

        _time.Advance(TimeSpan.FromSeconds(45));
        _responder.Status = new RevokedStatus(_time.Now.UtcDateTime);
        await _service.RefreshAsync(default);
        Assert.Equal(TrustReason.Revoked, Check());

        _web.Answer = _ => recorded;
        await _service.RefreshAsync(default);
        Assert.Equal(TrustReason.Revoked, Check());
        Assert.Equal("older than the answer in force", Assert.Single(_service.Freshness()).Fault);

        // Stale or not, it stays out.
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(TrustReason.Revoked, Check());
    }

    [Fact]
    public async Task Certificate_that_the_issuer_does_not_know_is_refused_by_that_name()
    {
        _responder.Status = new UnknownStatus();
        Check();
        await Wait();
        Assert.Equal(TrustReason.UnknownToIssuer, Check());
    }

    [Fact]
    public async Task Answer_counts_for_its_freshness_and_grace_and_then_the_gate_is_shut()
    {
        await _service.Prefetch([Id]);
        Assert.Equal(TimeSpan.FromSeconds(4500), Assert.Single(_service.Freshness()).Remaining);
        _web.Answer = _ => throw new HttpRequestException("down");
        _time.Advance(TimeSpan.FromSeconds(4499));
        await _service.RefreshAsync(default);
        Assert.Equal(TrustReason.None, Check());
        Assert.Equal("down", Assert.Single(_service.Freshness()).Fault);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TrustReason.RevocationUnknown, Check());
        Assert.Equal(TimeSpan.Zero, Assert.Single(_service.Freshness()).Remaining);
    }

    [Fact]
    public async Task Next_update_shortens_how_long_an_answer_counts()
    {
        _responder.NextUpdate = TimeSpan.FromMinutes(5);
        Check();
        await Wait();
        Assert.Equal(TimeSpan.FromMinutes(20), Assert.Single(_service.Freshness()).Remaining);
    }

    [Fact]
    public async Task Card_not_seen_for_an_hour_is_asked_about_no_more_but_a_registered_certificate_is()
    {
        Check();
        await Wait();
        _time.Advance(TimeSpan.FromMinutes(61));
        await _service.RefreshAsync(default);
        Assert.Equal((1, 0), (_web.Asked, Assert.Single(_service.Freshness()).Entries));

        await _service.Prefetch([Id]);
        _time.Advance(TimeSpan.FromHours(3));
        await _service.RefreshAsync(default);
        Assert.Equal(3, _web.Asked);
        Assert.Equal(TrustReason.None, Check());
    }

    [Fact]
    public async Task Failing_responder_is_left_alone_for_a_while()
    {
        _web.Answer = _ => throw new HttpRequestException("down");
        Check();
        await Wait();
        for (var i = 0; i < 20; i++)
        {
            await _service.RefreshAsync(default);
        }

        Assert.True(_web.Asked < 8, $"asked {_web.Asked} times");
        Assert.Equal("not asked again yet after repeated failures", Assert.Single(_service.Freshness()).Fault);
    }

    [Theory]
    [InlineData("huge", "too large")]
    [InlineData("page", "another media type")]
    [InlineData("garbage", "not an OCSP response")]
    [InlineData("moved", "302")]
    public async Task Answers_of_no_use_are_faults(string kind, string fault)
    {
        _web.Kind = kind;
        Check();
        await Wait();
        Assert.Equal(TrustReason.RevocationUnknown, Check());
        Assert.Contains(fault, Assert.Single(_service.Freshness()).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_list_and_responder_revoked_by_one_is_revoked_and_good_by_one_is_enough()
    {
        using var folder = new TestFolder();
        File.WriteAllBytes(folder["ca.crl"], _authority.IssueRevocationList([], 1, _time.Now, _time.Now.AddDays(1)));
        Use(o => o with { Sources = o.Sources.Add(new RevocationSource(_authority.Certificate, folder["ca.crl"])) });
        await _service.RefreshAsync(default);
        Assert.Equal(TrustReason.None, Check());

        _responder.Status = new RevokedStatus(_time.Now.UtcDateTime);
        await _service.RefreshAsync(default);
        Assert.Equal(TrustReason.Revoked, Check());

        _time.Advance(TimeSpan.FromSeconds(1));
        _responder.Status = CertificateStatus.Good;
        await _service.RefreshAsync(default);
        Assert.Equal(TrustReason.None, Check());
        File.WriteAllBytes(folder["ca.crl"], _authority.IssueRevocationList([_certificate.SerialNumberBytes], 2, _time.Now, _time.Now.AddDays(1)));
        await _service.RefreshAsync(default);
        Assert.Equal(TrustReason.Revoked, Check());
    }

    [Fact]
    public async Task Answers_outlive_a_restart_beside_a_responder_that_is_down_and_are_examined_again()
    {
        using var folder = new TestFolder();
        await Keep(folder);
        var kept = File.ReadAllBytes(folder["answers"]);

        _web.Answer = _ => throw new HttpRequestException("down");
        await Restart(folder);
        Assert.Equal(TrustReason.None, Check());

        _time.Advance(TimeSpan.FromSeconds(3_601));
        Use(o => o);
        File.WriteAllBytes(folder["answers"], kept);
        await Restart(folder);
        Assert.Equal(TrustReason.RevocationUnknown, Check());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(200)]
    [InlineData(-1)]
    public async Task Kept_answers_that_the_hub_did_not_write_count_for_nothing(int at)
    {
        using var folder = new TestFolder();
        await Keep(folder);
        var kept = File.ReadAllBytes(folder["answers"]);
        if (at < 0)
        {
            kept = kept[..^1];
        }
        else
        {
            kept[at] ^= 1;
        }

        File.WriteAllBytes(folder["answers"], kept);
        _web.Answer = _ => throw new HttpRequestException("down");
        await Restart(folder);
        Assert.Equal(TrustReason.RevocationUnknown, Check());
    }

    [Fact]
    public async Task Kept_answer_is_asked_about_at_once_and_a_revocation_of_the_meantime_holds()
    {
        using var folder = new TestFolder();
        await Keep(folder);
        _time.Advance(TimeSpan.FromSeconds(10));
        _responder.Status = new RevokedStatus(_time.Now.UtcDateTime);
        await Restart(folder);
        for (var i = 0; i < 100 && Check() != TrustReason.Revoked; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(TrustReason.Revoked, Check());
    }

    [Fact]
    public async Task Sources_change_while_the_service_runs()
    {
        await _service.StartAsync(default);
        Check();
        await Wait();
        using var other = DevelopmentAuthority.CreateRoot("Other", _time.Now.AddDays(-10), _time.Now.AddDays(1000));
        var asked = _web.Asked;

        var kept = new RevocationSource(_authority.Certificate, "http://ocsp.example/", RevocationKind.Ocsp);
        _service.Follow([kept, new RevocationSource(other.Certificate, "http://ocsp.example/other", RevocationKind.Ocsp)]);
        Assert.Equal(TrustReason.None, Check());
        Assert.Equal(asked, _web.Asked);

        _service.Follow([new RevocationSource(other.Certificate, "http://ocsp.example/other", RevocationKind.Ocsp)]);
        Assert.Equal(TrustReason.RevocationUnknown, Check());
        Assert.Single(_service.Freshness());
        Assert.Throws<ArgumentException>(() => _service.Follow([]));
    }

    [Fact]
    public void Responder_needs_an_address() =>
        Assert.Throws<ArgumentException>(() => new RevocationService(new RevocationOptions { Sources = [new RevocationSource(_authority.Certificate, "/tmp/ocsp", RevocationKind.Ocsp)] }, _time));

    public void Dispose()
    {
        _service.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _responder.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private async Task Keep(TestFolder folder)
    {
        await Restart(folder);
        Check();
        await Wait();
        Assert.Equal(TrustReason.None, Check());
        Use(o => o); // the one before writes as it ends
    }

    private Task Restart(TestFolder folder)
    {
        Use(o => o with { Ocsp = o.Ocsp with { AnswersFile = folder["answers"] } });
        return _service.StartAsync(default);
    }

    private CertificateId Id => SerialNumber.TryRead(_certificate.SerialNumberBytes.Span, out var serial) ? new CertificateId(CertificateId.IssuerOf(_authority.Certificate), serial) : default;

    private TrustReason Check() => _service.Check(Id, _time.Now.UtcTicks);

    private ValueTask<bool> Wait() => _service.WaitForFirstAnswers([Id], default);

    private void Use(Func<RevocationOptions, RevocationOptions> change, OcspNonce nonce = OcspNonce.Asked)
    {
        _service?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        var options = new RevocationOptions
        {
            Sources = [new RevocationSource(_authority.Certificate, "http://ocsp.example/", RevocationKind.Ocsp, nonce)],
            FetchRetriesMax = 0,
        };
        _service = new RevocationService(change(options), _time, handler: new Handler(_web), authenticator: _authenticator);
    }

    private sealed class Handler(FakeResponder responder) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => responder.Send(request, cancellationToken);
    }

    private sealed class FakeResponder(Func<byte[], byte[]> answer)
    {
        private int _asked;

        internal Func<byte[], byte[]> Answer { get; set; } = answer;

        internal TimeSpan Delay { get; set; }

        internal string Kind { get; set; } = "";

        internal byte[] Last { get; private set; } = [];

        internal int Asked => _asked;

        internal async Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            Assert.Equal("application/ocsp-request", request.Content!.Headers.ContentType!.MediaType);
            await Task.Delay(Delay, cancellationToken);
            if (Kind == "moved")
            {
                return new HttpResponseMessage(HttpStatusCode.Found);
            }

            Last = Kind switch
            {
                "huge" => new byte[100_000],
                "garbage" => new byte[100],
                _ => Answer(await request.Content.ReadAsByteArrayAsync(cancellationToken)),
            };
            var media = Kind == "page" ? "text/html" : "application/ocsp-response";
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Last) { Headers = { ContentType = new MediaTypeHeaderValue(media) } } };
        }
    }
}
