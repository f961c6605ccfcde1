using System.Buffers.Text;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Gateway.Composition;
using OpenIddict.Abstractions;

namespace EHealthHub.Gateway.Authorization;

/// <summary>
/// Against forged consent. A browser sends its certificate with whatever request it is tricked into, as it would a cookie; so the form carries a seal over the person's certificate, the exact request and the time, which only who saw the
/// page can have.
/// </summary>
internal sealed class FormSeal : IDisposable
{
    public const string Field = "seal";

    /// <summary>The parameters that a request is made of; others are neither looked at nor carried along.</summary>
    public static readonly string[] Parameters =
        ["response_type", "client_id", "redirect_uri", "scope", "state", "aud", "code_challenge", "code_challenge_method", "nonce", "response_mode", "prompt"];

    private const int TimeBytes = 8;

    private readonly Keys.Wrapping.DataKey _key;
    private readonly TimeProvider _time;

    public FormSeal(HubParts parts)
    {
        _key = parts.Vault.Derive("oauth/form/1");
        _time = parts.Time;
    }

    /// <summary>How long somebody may think about it.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(10);

    public string Make(OpenIddictRequest request, string certificate)
    {
        Span<byte> seal = stackalloc byte[TimeBytes + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(seal, _time.GetUtcNow().ToUnixTimeSeconds());
        Tag(seal[..TimeBytes], request, certificate, seal[TimeBytes..]);
        return Base64Url.EncodeToString(seal);
    }

    public bool Holds(string? text, OpenIddictRequest request, string certificate)
    {
        Span<byte> seal = stackalloc byte[TimeBytes + HMACSHA256.HashSizeInBytes];
        if (text is null || !Base64Url.IsValid(text, out var length) || length != seal.Length || !Base64Url.TryDecodeFromChars(text, seal, out _))
        {
            return false;
        }

        Span<byte> tag = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Tag(seal[..TimeBytes], request, certificate, tag);
        var age = _time.GetUtcNow().ToUnixTimeSeconds() - BinaryPrimitives.ReadInt64BigEndian(seal);
        return CryptographicOperations.FixedTimeEquals(tag, seal[TimeBytes..]) && age >= 0 && age <= Patience.TotalSeconds;
    }

    public void Dispose() => _key.Dispose();

    /// <summary>Every part with its length, so that no two requests are the same text.</summary>
    private void Tag(ReadOnlySpan<byte> time, OpenIddictRequest request, string certificate, Span<byte> tag)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key.Bytes);
        hash.AppendData(time);
        Part(hash, certificate);
        foreach (var name in Parameters)
        {
            Part(hash, (string?)request[name] ?? "");
        }

        hash.GetHashAndReset(tag);
    }

    private static void Part(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
