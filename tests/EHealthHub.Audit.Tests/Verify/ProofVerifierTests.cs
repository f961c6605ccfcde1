using System.Text;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;

namespace EHealthHub.Audit.Tests.Verify;

public class ProofVerifierTests
{
    [Fact]
    public async Task A_receipt_holds_with_its_proof_whoever_made_the_proof_and_with_no_other()
    {
        using var test = new TestLog();
        using var other = new TestSigner(TestLog.Origin);
        await using var log = test.Open();
        var receipts = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            receipts.Add((await log.Append(TestLog.Entry($"{i}"), TestLog.Ask, default)).Position.ToString());
        }

        Assert.Null(log.Proof(20));
        await TestLog.Until(() => log.CheckpointSize == 20);
        await TestLog.Append(log, 500);
        await TestLog.Until(() => log.CheckpointSize == 520);
        var reader = LogReader.Open(test.LogFolderPath);
        foreach (var index in new[] { 0, 7, 19 })
        {
            var proof = log.Proof(index)!;
            Assert.Equal(proof, reader.Proof(index));
            var finding = ProofVerifier.Check(proof, receipts[index], test.Signer.PublicKey);
            Assert.Equal((true, "", TestLog.Origin, index, 520), (finding.Holds, finding.Problem, finding.Origin, finding.Index, finding.CheckpointSize));
            Assert.True(ProofVerifier.Check(proof.Replace("\nindex", "\nextra AAAA\nindex", StringComparison.Ordinal), receipts[index], test.Signer.PublicKey).Holds);
            Assert.False(ProofVerifier.Check(proof, receipts[index + (index == 0 ? 1 : -1)], test.Signer.PublicKey).Holds);
            Assert.False(ProofVerifier.Check(proof, receipts[index], other.PublicKey).Holds);
            Assert.False(ProofVerifier.Check(proof, receipts[index].Replace("node-1", "node-2", StringComparison.Ordinal), test.Signer.PublicKey).Holds);
        }

        Assert.Null(log.Proof(1_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Proof(-1));
    }

    [Fact]
    public async Task No_byte_of_a_proof_or_a_receipt_can_be_changed()
    {
        using var test = new TestLog();
        await using var log = test.Open();
        var receipt = (await log.Append(TestLog.Entry("x"), TestLog.Ask, default)).Position.ToString();
        await TestLog.Append(log, 6);
        await TestLog.Until(() => log.CheckpointSize == 7);
        var proof = log.Proof(0)!;
        Assert.True(ProofVerifier.Check(proof, receipt, test.Signer.PublicKey).Holds);
        Assert.All(Changed(proof), changed => Assert.False(ProofVerifier.Check(changed, receipt, test.Signer.PublicKey).Holds, changed));
        Assert.All(Changed(receipt), changed => Assert.False(ProofVerifier.Check(proof, changed, test.Signer.PublicKey).Holds, changed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n\n")]
    [InlineData("c2sp.org/tlog-proof@v1\n\nlog\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\u2014 log AAAAAAAA\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AAAA\n\nlog\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\u2014 log AAAAAAAA\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nlog\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\u2014 log AAAAAAAA\n")]
    public void What_is_no_proof_is_refused_with_a_reason(string proof)
    {
        var finding = ProofVerifier.Check(proof, "log/0/0000000000000000000000000000000000000000000000000000000000000000", new byte[32]);
        Assert.False(finding.Holds);
        Assert.NotEmpty(finding.Problem);
        Assert.False(ProofVerifier.Check(proof, "nonsense", new byte[32]).Holds);
    }

    private static IEnumerable<string> Changed(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= (byte)(1 << (i % 7));
            yield return Encoding.UTF8.GetString(changed);
        }
    }
}
