using System.Diagnostics;
using System.Net;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Certificates;

public sealed class DevelopmentResponderTests : IDisposable
{
    private readonly TestHub _hub = new();

    [Theory]
    [InlineData("hospital-ankara", 1)]
    [InlineData("hospital-revoked", 2)]
    public void Participants_are_good_and_listed_ones_revoked(string name, int status) => Assert.Equal((OcspStatus)status, Ask(Serial(name)));

    [Fact]
    public void Certificate_that_it_never_made_is_unknown() => Assert.Equal(OcspStatus.Unknown, Ask(SerialNumber.TryRead([1, 2, 3], out var serial) ? serial : default));

    [Fact]
    public void Revocation_counts_at_the_next_question()
    {
        _hub.Pki.Revoke("dr-ayse");
        Assert.Equal(OcspStatus.Revoked, Ask(Serial("dr-ayse")));
    }

    [Fact]
    public void Garbage_is_called_malformed()
    {
        var responder = new DevelopmentResponder(_hub.Pki, _hub.Time);
        Assert.Equal(responder.Answer([]), responder.Answer(new byte[100]));
        Assert.Equal(responder.Answer([]), responder.Answer(new byte[100_000]));
    }

    /// <summary>OpenSSL is a third opinion: of our questions, and of the development responder's answers.</summary>
    [Fact]
    public void OpenSSL_reads_our_question_and_verifies_the_development_responder_s_answer()
    {
        if (!File.Exists("/usr/bin/openssl"))
        {
            return;
        }

        using var folder = new TestFolder();
        var question = OcspQuestion.About(new OcspAuthority(_hub.Pki.Authority, sha256: false), Serial("hospital-ankara"), nonce: true);
        File.WriteAllBytes(folder["q"], question.Encode());
        File.WriteAllBytes(folder["a"], new DevelopmentResponder(_hub.Pki, _hub.Time).Answer(question.Encode()));
        var asked = OpenSsl("ocsp", "-reqin", folder["q"], "-req_text", "-noverify");
        Assert.Contains("OCSP Nonce", asked, StringComparison.Ordinal);
        var verified = OpenSsl(
            "ocsp", "-reqin", folder["q"], "-respin", folder["a"], "-CAfile", _hub.Pki.AuthorityPath, "-resp_text",
            "-attime", _hub.Time.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), "-validity_period", "2000000000");
        Assert.Contains("Response verify OK", verified, StringComparison.Ordinal);
        Assert.Contains("Cert Status: good", verified, StringComparison.Ordinal);
    }

    public void Dispose() => _hub.Dispose();

    private SerialNumber Serial(string name) => SerialNumber.TryRead(_hub.Certificate(name).SerialNumberBytes.Span, out var serial) ? serial : default;

    private OcspStatus Ask(SerialNumber serial)
    {
        var question = OcspQuestion.About(new OcspAuthority(_hub.Pki.Authority, sha256: true), serial, nonce: true);
        var bytes = new DevelopmentResponder(_hub.Pki, _hub.Time).Answer(question.Encode());
        var answer = new OcspExamination(new OcspOptions(), _ => false).Examine(bytes, question, OcspNonce.Required, _hub.Time.Now, out var fault);
        Assert.True(answer is not null, fault);
        return answer.Status;
    }

    private static string OpenSsl(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.GetAwaiter().GetResult();
    }
}
