using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Pages;

/// <summary>
/// Against forged forms. A browser sends its certificate with whatever request it is tricked into, as it would a cookie; so each form carries a seal over the person's certificate and the time, which only who saw a page of theirs can have.
/// </summary>
internal sealed class PageSeal : IDisposable
{
    private const int TimeBytes = 8;

    private readonly Keys.Wrapping.DataKey _key;
    private readonly TimeProvider _time;

    public PageSeal(HubParts parts)
    {
        _key = parts.Vault.Derive("pages/form/1");
        _time = parts.Time;
    }

    /// <summary>How long somebody may take to fill in a form.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromHours(1);

    public string Make(string certificate)
    {
        Span<byte> seal = stackalloc byte[TimeBytes + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(seal, _time.GetUtcNow().ToUnixTimeSeconds());
        Tag(seal[..TimeBytes], certificate, seal[TimeBytes..]);
        return Base64Url.EncodeToString(seal);
    }

    public bool Holds(string text, string certificate)
    {
        Span<byte> seal = stackalloc byte[TimeBytes + HMACSHA256.HashSizeInBytes];
        if (!Base64Url.IsValid(text, out var length) || length != seal.Length || !Base64Url.TryDecodeFromChars(text, seal, out _))
        {
            return false;
        }

        Span<byte> tag = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Tag(seal[..TimeBytes], certificate, tag);
        var age = _time.GetUtcNow().ToUnixTimeSeconds() - BinaryPrimitives.ReadInt64BigEndian(seal);
        return CryptographicOperations.FixedTimeEquals(tag, seal[TimeBytes..]) && age >= 0 && age <= Patience.TotalSeconds;
    }

    public void Dispose() => _key.Dispose();

    private void Tag(ReadOnlySpan<byte> time, string certificate, Span<byte> tag)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key.Bytes);
        hash.AppendData(time);
        hash.AppendData(Encoding.UTF8.GetBytes(certificate));
        hash.GetHashAndReset(tag);
    }
}
