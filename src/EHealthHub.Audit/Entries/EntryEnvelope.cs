using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using EHealthHub.Audit.Sealing;

namespace EHealthHub.Audit.Entries;

/// <summary>Opens sealed entries. The leaf of the tree is the sealed form; whoever holds the audit key of the period can open it.</summary>
public static class EntryEnvelope
{
    /// <summary>Opens a leaf; null when it was not sealed for this log with this key, or does not hold an entry of a known version.</summary>
    public static AuditEntry? Open(IEntryKey key, string origin, ReadOnlySpan<byte> leaf) => Open(key, LeafLayout.AssociatedPrefix(origin), leaf);

    /// <summary>As above, with the associated data's beginning at hand.</summary>
    internal static AuditEntry? Open(IEntryKey key, byte[] prefix, ReadOnlySpan<byte> leaf)
    {
        if (!LeafLayout.TryRead(leaf, out var layout) || !TryPatients(key, prefix, leaf, layout, out var patients, out var places))
        {
            return null;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(leaf.Length);
        try
        {
            return OpenPart(key, prefix, leaf, LeafLayout.Account, layout.AccountPart, buffer, out var account) && EntryCodec.DecodeAccount(account) is { } entry
                && OpenPart(key, prefix, leaf, LeafLayout.Rest, layout.RestPart, buffer, out var rest) && EntryCodec.DecodeRest(entry, rest) is { } whole
                ? whole with { Patients = patients, Places = places }
                : null;
        }
        finally
        {
            // Who looked at whom is not left lying about in a pool.
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, leaf.Length));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The places that a leaf gives its patients, and the heads that it states if it is an entry of that kind, at half the cost of opening all of it; false for what cannot be opened.</summary>
    internal static bool TryPlaces(IEntryKey key, byte[] prefix, ReadOnlySpan<byte> leaf, out ImmutableArray<PatientPlace> places, out HeadsRoot? heads)
    {
        (places, heads) = ([], null);
        if (!LeafLayout.TryRead(leaf, out var layout))
        {
            return false;
        }

        if (layout.Count > 0)
        {
            return TryPatients(key, prefix, leaf, layout, out _, out places);
        }

        // Heads name no patient.
        if (OpenAccount(key, prefix, leaf) is not { } account)
        {
            return false;
        }

        heads = account.Heads;
        return true;
    }

    /// <summary>The account of a leaf alone; null for what cannot be opened.</summary>
    internal static AuditEntry? OpenAccount(IEntryKey key, byte[] prefix, ReadOnlySpan<byte> leaf)
    {
        Span<byte> buffer = stackalloc byte[EntryCodec.AccountMax];
        return LeafLayout.TryRead(leaf, out var layout) && layout.AccountPart.Length - PartCipher.Overhead <= buffer.Length
            && OpenPart(key, prefix, leaf, LeafLayout.Account, layout.AccountPart, buffer, out var account) ? EntryCodec.DecodeAccount(account) : null;
    }

    /// <summary>The secret of one part of a leaf: what discloses it.</summary>
    internal static void SecretOf(IEntryKey key, ReadOnlySpan<byte> leaf, int number, Span<byte> secret)
    {
        Span<byte> context = stackalloc byte[LeafLayout.ContextSize];
        LeafLayout.Context(leaf, number, context);
        key.Derive(context, secret);
    }

    private static bool TryPatients(IEntryKey key, byte[] prefix, ReadOnlySpan<byte> leaf, LeafLayout layout, out ImmutableArray<string> patients, out ImmutableArray<PatientPlace> places)
    {
        (patients, places) = ([], []);
        if (layout.Count == 0)
        {
            return true;
        }

        var (ids, found) = (ImmutableArray.CreateBuilder<string>(layout.Count), ImmutableArray.CreateBuilder<PatientPlace>(layout.Count));
        Span<byte> buffer = stackalloc byte[PatientPart.LengthMax];
        var parts = layout.Patients;
        for (var number = LeafLayout.FirstPatient; parts.TryNext(out var part); number++)
        {
            if (part.Length - PartCipher.Overhead > buffer.Length || !OpenPart(key, prefix, leaf, number, part, buffer, out var plain) || !PatientPart.TryRead(plain, out var place, out var id))
            {
                return false;
            }

            ids.Add(id);
            found.Add(place);
        }

        (patients, places) = (ids.MoveToImmutable(), found.MoveToImmutable());
        return true;
    }

    private static bool OpenPart(IEntryKey key, byte[] prefix, scoped ReadOnlySpan<byte> leaf, int number, scoped ReadOnlySpan<byte> part, Span<byte> buffer, out ReadOnlySpan<byte> plain)
    {
        Span<byte> secret = stackalloc byte[PartCipher.SecretSize];
        SecretOf(key, leaf, number, secret);
        var isOpen = OpenPart(secret, prefix, leaf, number, part, buffer, out plain);
        CryptographicOperations.ZeroMemory(secret);
        return isOpen;
    }

    /// <summary>Opens one part with its secret, into the buffer.</summary>
    internal static bool OpenPart(scoped ReadOnlySpan<byte> secret, byte[] prefix, scoped ReadOnlySpan<byte> leaf, int number, scoped ReadOnlySpan<byte> part, Span<byte> buffer, out ReadOnlySpan<byte> plain)
    {
        Span<byte> associated = stackalloc byte[LeafLayout.AssociatedDataMax];
        var target = buffer[..(part.Length - PartCipher.Overhead)];
        plain = target;
        return PartCipher.TryOpen(secret, part, associated[..LeafLayout.AssociatedData(prefix, leaf, number, associated)], target);
    }
}
