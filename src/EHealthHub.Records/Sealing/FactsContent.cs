using System.Text;

namespace EHealthHub.Records.Sealing;

/// <summary>
/// Encoded facts without what whoever opens them knows already (FORMAT.md, "Facts"): version, time, submitter and patient are taken out and written again. Where that would not give the very same bytes, or patients are linked, nothing is taken out.
/// </summary>
internal static class FactsContent
{
    private const byte Whole = 0;
    private const byte Shortened = 1;
    private const byte FlagPatient = 2;
    private const int Linked = 2;

    /// <summary>Shortens what <c>Opener.Encode</c> wrote.</summary>
    public static byte[] Shorten(ReadOnlySpan<byte> facts, in RecordBinding binding)
    {
        if (facts[0] == 0 && facts[1] == 0)
        {
            var encoded = facts[Linked..];
            var from = AfterId(encoded);
            var to = AfterPatient(encoded, from);
            byte[] content = [Shortened, .. encoded[..from], .. encoded[to..]];
            if (Restore(content, binding) is { } again && again.AsSpan().SequenceEqual(facts))
            {
                return content;
            }
        }

        return [Whole, .. facts];
    }

    /// <summary>The facts as <c>Opener.Encode</c> wrote them; null for what <see cref="Shorten"/> did not make.</summary>
    public static byte[]? Restore(ReadOnlySpan<byte> content, in RecordBinding binding)
    {
        if (content.IsEmpty || content[0] > Shortened)
        {
            return null;
        }

        if (content[0] == Whole)
        {
            return content[1..].ToArray();
        }

        content = content[1..];
        if (content.Length < 2)
        {
            return null;
        }

        var id = AfterId(content);
        Span<byte> known = stackalloc byte[(2 * 10) + 5 + RecordBinding.SubmitterMax + 5 + 256];
        var length = Varint(known, (ulong)binding.Version);
        length += Varint(known[length..], (ulong)((binding.Time << 1) ^ (binding.Time >> 63)));
        length += Text(known[length..], binding.Submitter);
        if ((content[1] & FlagPatient) != 0)
        {
            if (binding.Patient is not { Length: <= 64 } patient)
            {
                return null;
            }

            length += Guid.TryParseExact(patient, "D", out var uuid) && uuid.ToString() == patient ? Uuid(known[length..], uuid) : Text(known[length..], patient);
        }

        var facts = GC.AllocateUninitializedArray<byte>(Linked + content.Length + length);
        facts[0] = facts[1] = 0;
        content[..id].CopyTo(facts.AsSpan(Linked));
        known[..length].CopyTo(facts.AsSpan(Linked + id));
        content[id..].CopyTo(facts.AsSpan(Linked + id + length));
        return facts;
    }

    /// <summary>Where type and id end: behind format version, flags and two strings.</summary>
    private static int AfterId(ReadOnlySpan<byte> encoded) => SkipString(encoded, SkipString(encoded, 2));

    private static int AfterPatient(ReadOnlySpan<byte> encoded, int at)
    {
        at = SkipString(encoded, SkipVarint(encoded, SkipVarint(encoded, at)));
        return (encoded[1] & FlagPatient) != 0 ? SkipString(encoded, at) : at;
    }

    private static int SkipVarint(ReadOnlySpan<byte> encoded, int at)
    {
        while (at < encoded.Length && encoded[at] >= 0x80)
        {
            at++;
        }

        return Math.Min(at + 1, encoded.Length);
    }

    /// <summary>Behind a string of the facts' format: a number with a tag in its two low bits, then so many bytes, or those of a UUID.</summary>
    private static int SkipString(ReadOnlySpan<byte> encoded, int at)
    {
        var (head, shift) = (0UL, 0);
        var end = SkipVarint(encoded, at);
        for (; at < end && shift < 64; at++, shift += 7)
        {
            head |= (ulong)(encoded[at] & 0x7f) << shift;
        }

        var bytes = (head & 3) switch { 0 => head >> 2, 3 => 16UL, _ => 0UL };
        return (int)Math.Min((ulong)end + bytes, (ulong)encoded.Length);
    }

    private static int Varint(Span<byte> to, ulong value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            to[length++] = (byte)(value | 0x80);
        }

        to[length++] = (byte)value;
        return length;
    }

    private static int Text(Span<byte> to, string text)
    {
        Span<byte> utf8 = stackalloc byte[RecordBinding.SubmitterMax];
        var bytes = utf8[..Encoding.UTF8.GetBytes(text, utf8)];
        var length = Varint(to, (ulong)bytes.Length << 2);
        bytes.CopyTo(to[length..]);
        return length + bytes.Length;
    }

    private static int Uuid(Span<byte> to, Guid uuid)
    {
        to[0] = 3;
        uuid.TryWriteBytes(to[1..], bigEndian: true, out _);
        return 17;
    }
}
