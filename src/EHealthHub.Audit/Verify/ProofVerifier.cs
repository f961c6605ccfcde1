using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Verify;

/// <summary>What a receipt and its proof come to.</summary>
/// <param name="Holds">Whether the entry of the receipt stands in the log that the key signed.</param>
/// <param name="Problem">Why not, in one sentence; empty when it does.</param>
/// <param name="Origin">The log that the receipt names.</param>
/// <param name="Index">The index that it names, or -1.</param>
/// <param name="CheckpointSize">Size of the log under the checkpoint of the proof.</param>
public sealed record ProofFinding(bool Holds, string Problem, string Origin, long Index, long CheckpointSize);

/// <summary>Checks a receipt that a hospital or a patient hands in, with nothing but the log's public key.</summary>
public static class ProofVerifier
{
    /// <summary>
    /// Checks the receipt (value of the EHealthHub-Receipt header) against its C2SP tlog-proof (text) and the log's 32-byte Ed25519 key: the checkpoint is the log's and signed, and the receipt's leaf hash stands in it at the receipt's index.
    /// </summary>
    public static ProofFinding Check(string proofText, string receiptHeaderValue, byte[] publicKey)
    {
        if (ReceiptText.Parse(receiptHeaderValue) is not { } receipt || !VerifierKey.IsName(receipt.Origin))
        {
            return new ProofFinding(false, "The receipt is not of the form origin/index/leaf-hash.", "", -1, 0);
        }

        var proof = LogProof.Parse(proofText);
        var problem = proof is null ? "The proof is not a tlog-proof."
            : proof.Checkpoint.Origin != receipt.Origin ? "The proof is of another log than the receipt."
            : !proof.Checkpoint.Note.IsSignedBy(new VerifierKey(receipt.Origin, publicKey)) ? "The checkpoint in the proof is not signed by the log's key."
            : proof.Index != receipt.Index ? "The proof is of another entry than the receipt."
            : !MerkleProof.CheckInclusion(proof.Index, proof.Checkpoint.Size, receipt.LeafHash, proof.Hashes, proof.Checkpoint.Root.Span) ? "The entry of the receipt does not stand at its index in the log."
            : "";
        return new ProofFinding(problem.Length == 0, problem, receipt.Origin, receipt.Index, proof?.Checkpoint.Size ?? 0);
    }
}
