using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Sealing;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>
/// Seals entries on their callers' threads, so that the work of many goes on at the same time and little of it is left for the committing thread. An entry with more patients than a leaf holds becomes several leaves, which are
/// committed together.
/// </summary>
internal sealed class LeafSealer(IEntryKey key, string origin, HeadTable heads)
{
    private readonly byte[] _prefix = LeafLayout.AssociatedPrefix(origin);

    /// <summary>Throws <see cref="ArgumentException"/> for an entry that cannot be written, <see cref="AuditUnavailableException"/> when the key is out of reach.</summary>
    public DraftLeaf[] Seal(AuditEntry entry)
    {
        EntryCodec.Validate(entry);
        var patients = Distinct(entry);
        var buffer = ArrayPool<byte>.Shared.Rent(EntryCodec.AccountMax + EntryCodec.RestMax);
        var (account, rest) = (EntryCodec.AccountMax, EntryCodec.RestMax);
        try
        {
            account = EntryCodec.EncodeAccount(entry, buffer);
            rest = EntryCodec.EncodeRest(entry, buffer.AsSpan(EntryCodec.AccountMax));
            var (taken, first) = Leaf(entry, patients, buffer.AsSpan(0, account), buffer.AsSpan(EntryCodec.AccountMax, rest));
            return taken == patients.Length ? [first] : [first, .. Further(entry with { Count = 0 }, patients.AsSpan(taken))];
        }
        catch (Exception exception) when (exception is not (ArgumentException or OutOfMemoryException))
        {
            // The audit key is behind a port and may be out of reach for any reason.
            throw new AuditUnavailableException("The entry cannot be sealed.", exception);
        }
        finally
        {
            // Who looked at whom is not left lying about in a pool.
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, EntryCodec.AccountMax + rest));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Leaves for the patients that the first one had no room for: the same account, which counts no further event, and no rest.</summary>
    private List<DraftLeaf> Further(AuditEntry entry, ReadOnlySpan<string> patients)
    {
        var leaves = new List<DraftLeaf>();
        Span<byte> account = new byte[EntryCodec.AccountMax];
        account = account[..EntryCodec.EncodeAccount(entry, account)];
        while (!patients.IsEmpty)
        {
            // A number of fields, none of which is there.
            var (taken, leaf) = Leaf(entry, patients, account, [0]);
            leaves.Add(leaf);
            patients = patients[taken..];
        }

        return leaves;
    }

    private (int Taken, DraftLeaf Leaf) Leaf(AuditEntry entry, ReadOnlySpan<string> patients, ReadOnlySpan<byte> account, ReadOnlySpan<byte> rest)
    {
        var room = EntryBundle.EntryMax - LeafLayout.HeaderSize - (2 * PartCipher.Overhead) - account.Length - rest.Length;
        var names = ArrayPool<byte>.Shared.Rent(Math.Min(room, patients.Length * (LeafLayout.LengthSize + PartCipher.Overhead + PatientPart.LengthMax)));
        var (count, length) = (0, 0);
        var drafts = patients.IsEmpty ? [] : new DraftPatient[patients.Length];
        var at = LeafLayout.HeaderSize + PartCipher.Overhead + account.Length;
        Span<byte> plain = stackalloc byte[PatientPart.LengthMax];
        foreach (var patient in patients)
        {
            var name = PatientPart.NameOf(key, patient);
            var partLength = PatientPart.Write(plain, name, patient);
            var whole = LeafLayout.LengthSize + PartCipher.Overhead + partLength;
            if (length + whole > room)
            {
                break;
            }

            var file = heads.File;
            drafts[count++] = new DraftPatient(name, at + length + LeafLayout.LengthSize, partLength, new byte[PartCipher.KeySize], file, file.Find(name));
            BinaryPrimitives.WriteUInt16BigEndian(names.AsSpan(length), (ushort)partLength);
            plain[..partLength].CopyTo(names.AsSpan(length + LeafLayout.LengthSize + PartCipher.CommitmentSize));
            length += whole;
        }

        var leaf = new byte[at + length + PartCipher.Overhead + rest.Length];
        names.AsSpan(0, length).CopyTo(leaf.AsSpan(at));
        CryptographicOperations.ZeroMemory(names.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(names);
        SealParts(leaf, account, drafts.AsSpan(0, count), at + length, rest);
        return (count, new DraftLeaf(leaf, _prefix, count == drafts.Length ? drafts : drafts[..count], entry.Kind == EntryKind.Heads));
    }

    private void SealParts(Span<byte> leaf, ReadOnlySpan<byte> account, ReadOnlySpan<DraftPatient> patients, int restAt, ReadOnlySpan<byte> rest)
    {
        Span<byte> salt = stackalloc byte[LeafLayout.SaltSize];
        RandomNumberGenerator.Fill(salt);
        LeafLayout.WriteHeader(leaf, salt, patients.Length, account.Length);
        SealPart(leaf, LeafLayout.Account, account, leaf.Slice(LeafLayout.HeaderSize, PartCipher.Overhead + account.Length));
        SealPart(leaf, LeafLayout.Rest, rest, leaf[restAt..]);
        Span<byte> secret = stackalloc byte[PartCipher.SecretSize];
        for (var i = 0; i < patients.Length; i++)
        {
            EntryEnvelope.SecretOf(key, leaf, LeafLayout.FirstPatient + i, secret);
            PartCipher.Expand(secret, patients[i].Key, leaf.Slice(patients[i].At, PartCipher.CommitmentSize));
        }

        CryptographicOperations.ZeroMemory(secret);
    }

    private void SealPart(ReadOnlySpan<byte> leaf, int number, ReadOnlySpan<byte> plain, Span<byte> part)
    {
        Span<byte> secret = stackalloc byte[PartCipher.SecretSize];
        Span<byte> associated = stackalloc byte[LeafLayout.AssociatedDataMax];
        EntryEnvelope.SecretOf(key, leaf, number, secret);
        PartCipher.Seal(secret, plain, associated[..LeafLayout.AssociatedData(_prefix, leaf, number, associated)], part);
        CryptographicOperations.ZeroMemory(secret);
    }

    /// <summary>A patient who is named twice has one place. An id that is too long is cut, as every text is.</summary>
    private static string[] Distinct(AuditEntry entry) => entry.Patients is { IsDefaultOrEmpty: false } patients
        ? patients.Length == 1 ? [PatientPart.Fit(patients[0])] : [.. patients.Select(PatientPart.Fit).Distinct(StringComparer.Ordinal)]
        : [];
}
