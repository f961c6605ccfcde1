using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Sealing;

namespace EHealthHub.Audit.Log;

/// <summary>
/// A leaf on its way to the disk: sealed but for the parts of its patients, which also hold the leaf's place among each patient's leaves. That is known when its index is, and the committing thread puts it in. Made anew for every try.
/// </summary>
internal sealed class DraftLeaf
{
    private readonly byte[] _prefix;
    private readonly DraftPatient[] _patients;

    public DraftLeaf(byte[] bytes, byte[] prefix, DraftPatient[] patients, bool isHeads) => (Bytes, _prefix, _patients, IsHeads) = (bytes, prefix, patients, isHeads);

    /// <summary>The leaf; whole once <see cref="Finish"/> has been called.</summary>
    public byte[] Bytes { get; }

    /// <summary>RFC 6962 leaf hash, once <see cref="Finish"/> has been called.</summary>
    public byte[] Hash { get; } = new byte[MerkleHash.Size];

    /// <summary>Whether it is an entry of kind Heads.</summary>
    public bool IsHeads { get; }

    /// <summary>The patients that it names.</summary>
    public ReadOnlySpan<DraftPatient> Patients => _patients;

    /// <summary>Puts in the place among the leaves of one of the patients, and seals their part.</summary>
    public void Place(int number, Head before, long headsIndex)
    {
        var patient = _patients[number];
        Span<byte> plain = stackalloc byte[PatientPart.LengthMax];
        Span<byte> associated = stackalloc byte[LeafLayout.AssociatedDataMax];
        plain = plain[..patient.Length];
        var part = Bytes.AsSpan(patient.At, patient.Length + PartCipher.Overhead);
        part.Slice(PartCipher.CommitmentSize, patient.Length).CopyTo(plain);
        PatientPart.WritePlace(plain, before.Sequence + 1, before.Last, headsIndex);
        var length = LeafLayout.AssociatedData(_prefix, Bytes, LeafLayout.FirstPatient + number, associated);
        PartCipher.Encrypt(patient.Key, plain, associated[..length], part[PartCipher.CommitmentSize..]);
        CryptographicOperations.ZeroMemory(patient.Key);
        CryptographicOperations.ZeroMemory(plain);
    }

    /// <summary>All patients have been placed.</summary>
    public void Finish() => MerkleHash.Leaf(Bytes, Hash);
}

/// <summary>A patient whose part is not sealed yet.</summary>
/// <param name="Name">Blind name.</param>
/// <param name="At">Where the part stands in the leaf: its commitment, then the plaintext.</param>
/// <param name="Length">Bytes of plaintext.</param>
/// <param name="Key">The part's key; cleared when it has been used.</param>
/// <param name="File">The heads file in which the name was looked up beforehand, off the committing thread.</param>
/// <param name="Found">What was found there.</param>
internal readonly record struct DraftPatient(BlindName Name, int At, int Length, byte[] Key, HeadsFile File, Head? Found);
