using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tests.Support;
using Org.BouncyCastle.Ocsp;

namespace EHealthHub.Trust.Tests.Revocation;

/// <summary>Which OCSP answers count (RFC 6960, 3.2 and 4.2.2.2), judged against a responder of another library.</summary>
public sealed class OcspExaminationTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly DevelopmentAuthority _authority;
    private readonly X509Certificate2 _certificate;
    private readonly OcspMaker _responder;
    private readonly List<IDisposable> _made = [];
    private OcspOptions _options = new();
    private OcspNonce _nonce = OcspNonce.Asked;
    private bool _vouched;

    public OcspExaminationTests()
    {
        _authority = DevelopmentAuthority.CreateRoot("Authority", _time.Now.AddDays(-10), _time.Now.AddDays(1000));
        _certificate = _authority.Issue(OddCertificates.Client(_time.Now));
        _responder = new OcspMaker(_authority, _time);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Good_answer_counts_whichever_hash_names_the_authority(bool sha256) => Assert.Equal(OcspStatus.Good, Take(Question(sha256)).Status);

    [Fact]
    public void Revoked_and_unknown_are_told_apart()
    {
        _responder.Status = new RevokedStatus(_time.Now.UtcDateTime);
        Assert.Equal(OcspStatus.Revoked, Take(Question()).Status);
        _responder.Status = new UnknownStatus();
        Assert.Equal(OcspStatus.Unknown, Take(Question()).Status);
    }

    [Fact]
    public void Authority_may_answer_itself_named_by_subject_or_by_key()
    {
        SignWith(_responder.Itself(), handed: false);
        Assert.Equal(OcspStatus.Good, Take(Question()).Status);
        _responder.ByKey = true;
        Assert.Equal(OcspStatus.Good, Take(Question()).Status);
    }

    [Fact]
    public void Responder_with_an_rsa_key_counts()
    {
        SignWith(OddCertificates.IssueRsa(_authority, OcspMaker.Responder(_time.Now), 2048));
        _responder.Algorithm = "SHA256withRSA";
        Assert.Equal(OcspStatus.Good, Take(Question()).Status);
    }

    [Fact]
    public void Answer_of_a_stranger_does_not_count_whatever_the_stranger_is_called()
    {
        using var stranger = DevelopmentAuthority.CreateRoot("Authority", _time.Now.AddDays(-10), _time.Now.AddDays(1000));
        SignWith(stranger.Issue(OcspMaker.Responder(_time.Now)));
        Refused("did not make a responder");
    }

    [Fact]
    public void Answer_signed_with_the_authority_s_name_and_another_key_does_not_count()
    {
        using var stranger = DevelopmentAuthority.CreateRoot("Authority", _time.Now.AddDays(-10), _time.Now.AddDays(1000));
        using var maker = new OcspMaker(stranger, _time);
        SignWith(maker.Itself(), handed: false);
        Refused("its signature is wrong");
    }

    [Fact]
    public void Delegate_without_the_usage_does_not_count()
    {
        SignWith(_authority.Issue(OcspMaker.Responder(_time.Now) with { ExtendedKeyUsages = [CertificateOids.ClientAuthentication] }));
        Refused("no id-kp-OCSPSigning");
        SignWith(_authority.Issue(OcspMaker.Responder(_time.Now) with { ExtendedKeyUsages = [] }));
        Refused("no id-kp-OCSPSigning");
        SignWith(_authority.Issue(OcspMaker.Responder(_time.Now) with { KeyUsage = X509KeyUsageFlags.KeyEncipherment }));
        Refused("no id-kp-OCSPSigning");
    }

    [Fact]
    public void Delegate_of_a_delegate_does_not_count()
    {
        using var below = _authority.IssueAuthority(DevelopmentAuthority.Authority(OddCertificates.Name("Below"), _time.Now.AddDays(-1), _time.Now.AddDays(90), 0));
        SignWith(below.Issue(OcspMaker.Responder(_time.Now)));
        Refused("did not make a responder");
    }

    [Fact]
    public void Expired_delegate_does_not_count()
    {
        SignWith(_authority.Issue(OcspMaker.Responder(_time.Now) with { NotBefore = _time.Now.AddDays(-5), NotAfter = _time.Now.AddDays(-1) }));
        Refused("not valid now");
    }

    [Fact]
    public void Delegate_that_is_to_be_checked_counts_only_while_the_authority_s_list_vouches_for_it()
    {
        SignWith(_authority.Issue(OcspMaker.Responder(_time.Now) with { Extensions = [] }));
        Refused("nothing says that it is not");
        _vouched = true;
        Assert.Equal(OcspStatus.Good, Take(Question()).Status);
    }

    [Fact]
    public void Delegate_whose_certificate_is_not_handed_along_is_not_known()
    {
        SignWith(_authority.Issue(OcspMaker.Responder(_time.Now)), handed: false);
        Refused("not known");
    }

    [Fact]
    public void Delegate_with_a_weak_key_does_not_count()
    {
        SignWith(OddCertificates.IssueRsa(_authority, OcspMaker.Responder(_time.Now), 1024));
        _responder.Algorithm = "SHA256withRSA";
        Refused("weak key");
    }

    [Fact]
    public void Sha1_signature_does_not_count()
    {
        SignWith(OddCertificates.IssueRsa(_authority, OcspMaker.Responder(_time.Now), 2048));
        _responder.Algorithm = "SHA1withRSA";
        Refused("its signature is wrong");
    }

    [Fact]
    public void Answer_about_another_certificate_does_not_count()
    {
        _responder.Serial = [1, 2, 3];
        Refused("another certificate");
    }

    [Fact]
    public void Recorded_answer_is_too_old_after_an_hour()
    {
        _nonce = OcspNonce.Off;
        _responder.NextUpdate = null;
        _responder.ThisUpdate = TimeSpan.FromSeconds(-3600);
        Assert.Equal(OcspStatus.Good, Take(Question()).Status);
        _responder.ThisUpdate = TimeSpan.FromSeconds(-3601);
        Refused("too old");
        _options = new OcspOptions { FreshnessSeconds = 7200 };
        Assert.Equal(OcspStatus.Good, Take(Question()).Status);
    }

    [Fact]
    public void Answer_past_its_next_update_or_from_the_future_does_not_count()
    {
        _responder.ThisUpdate = TimeSpan.FromMinutes(-20);
        Refused("nextUpdate");
        _responder.ThisUpdate = TimeSpan.FromSeconds(90);
        Refused("from the future");
        _responder.ThisUpdate = TimeSpan.FromSeconds(30);
        Assert.Equal(OcspStatus.Good, Take(Question()).Status);
    }

    [Fact]
    public void Recorded_answer_with_another_nonce_does_not_count_and_none_counts_unless_required()
    {
        _responder.OtherNonce = new byte[32];
        Refused("nonce");
        _responder.Nonce = false;
        Assert.Equal(OcspStatus.Good, Take(Question()).Status);
        _nonce = OcspNonce.Required;
        Refused("nonce");
    }

    [Fact]
    public void Changed_byte_anywhere_does_not_make_a_good_answer_of_a_revoked_one()
    {
        _responder.Status = new RevokedStatus(_time.Now.UtcDateTime);
        var question = Question();
        var sound = _responder.Answer(question.Encode());
        for (var i = 0; i < sound.Length; i++)
        {
            var spoilt = (byte[])sound.Clone();
            spoilt[i] ^= 0x01;
            Assert.True(Examination().Examine(spoilt, question, _nonce, _time.Now, out _) is not { Status: not OcspStatus.Revoked }, $"byte {i}");
        }
    }

    [Fact]
    public void Cut_and_random_bytes_are_faults_and_never_exceptions()
    {
        var question = Question();
        var sound = _responder.Answer(question.Encode());
        for (var length = 0; length < sound.Length; length++)
        {
            Assert.Null(Examination().Examine(sound[..length], question, _nonce, _time.Now, out var fault));
            Assert.NotEmpty(fault);
        }

        for (var i = 0; i < 2_000; i++)
        {
            Assert.Null(Examination().Examine(System.Security.Cryptography.RandomNumberGenerator.GetBytes(1 + (i % 300)), question, _nonce, _time.Now, out _));
        }
    }

    [Fact]
    public void Bytes_nested_thirty_thousand_deep_are_a_fault_and_not_the_end_of_the_process()
    {
        foreach (var first in (byte[])[0x30, 0xA0])
        {
            var deep = new byte[60_000];
            for (var i = 0; i < deep.Length; i += 2)
            {
                (deep[i], deep[i + 1]) = (first, 0x80);
            }

            Assert.Null(Examination().Examine(deep, Question(), _nonce, _time.Now, out _));
        }
    }

    [Theory]
    [InlineData(1, "malformedRequest")]
    [InlineData(3, "tryLater")]
    [InlineData(6, "unauthorized")]
    public void Refusal_of_the_responder_is_said_by_its_name(int status, string name)
    {
        var bytes = new OCSPRespGenerator().Generate(status, null).GetEncoded();
        Assert.Null(Examination().Examine(bytes, Question(), _nonce, _time.Now, out var fault));
        Assert.Contains(name, fault, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _made.ForEach(m => m.Dispose());
        _responder.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private OcspExamination Examination() => new(_options, _ => _vouched);

    private OcspQuestion Question(bool sha256 = false)
    {
        Assert.True(SerialNumber.TryRead(_certificate.SerialNumberBytes.Span, out var serial));
        return OcspQuestion.About(new OcspAuthority(_authority.Certificate, sha256), serial, _nonce != OcspNonce.Off);
    }

    private OcspAnswer Take(OcspQuestion question)
    {
        var answer = Examination().Examine(_responder.Answer(question.Encode()), question, _nonce, _time.Now, out var fault);
        Assert.True(answer is not null, fault);
        return answer;
    }

    private void Refused(string fault)
    {
        var question = Question();
        Assert.Null(Examination().Examine(_responder.Answer(question.Encode()), question, _nonce, _time.Now, out var said));
        Assert.Contains(fault, said, StringComparison.Ordinal);
    }

    private void SignWith(X509Certificate2 signer, bool handed = true)
    {
        _made.Add(signer);
        _responder.Signer = signer;
        _responder.Handed = handed ? [signer] : [];
    }
}
