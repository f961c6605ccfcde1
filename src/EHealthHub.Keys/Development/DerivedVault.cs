using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Keys.Wrapping;
using NSec.Cryptography;

namespace EHealthHub.Keys.Development;

/// <summary>
/// Every named key is derived from one root: SP 800-108 counter KDF, HMAC-SHA-256, label <c>EHealthHub vault PURPOSE</c>, context <c>hub id (16) || name (UTF-8)</c>. So the file never changes after it was made, and no name needs to be registered.
/// A wrapped key is <c>format (1) | nonce (12) | ciphertext (32) | tag (16)</c>, AES-256-GCM with a random nonce: a KEK wraps once per compartment and epoch, far below the 2^32 of SP 800-38D. Associated data:
/// <c>[length]4 name [4]4 epoch(4) [length]4 caller's</c>.
/// </summary>
internal sealed class DerivedVault : IKeyVault
{
    private const byte Format = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int WrappedSize = 1 + NonceSize + DataKey.Size + TagSize;
    private const int NameMax = 128;
    private const int CachedMax = 1_024;
    private const int AssociatedDataMax = 1_024;

    private readonly DataKey _root;
    private readonly Guid _hubId;
    private readonly ConcurrentDictionary<string, DataKey> _keks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Key> _ed25519 = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ECDsa> _es256 = new(StringComparer.Ordinal);

    public DerivedVault(ReadOnlySpan<byte> root, Guid hubId)
    {
        _root = new DataKey(root, 1);
        _hubId = hubId;
    }

    public byte[] Wrap(string kekName, DataKey key, ReadOnlySpan<byte> associatedData)
    {
        var wrapped = new byte[WrappedSize];
        wrapped[0] = Format;
        var nonce = wrapped.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var gcm = new AesGcm(Kek(kekName).Bytes, TagSize);
        gcm.Encrypt(nonce, key.Bytes, wrapped.AsSpan(1 + NonceSize, DataKey.Size), wrapped.AsSpan(WrappedSize - TagSize), Authenticated(kekName, key.Epoch, associatedData));
        return wrapped;
    }

    public DataKey? Unwrap(string kekName, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, int epoch)
    {
        if (wrapped.Length != WrappedSize || wrapped[0] != Format)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[DataKey.Size];
        using var gcm = new AesGcm(Kek(kekName).Bytes, TagSize);
        try
        {
            gcm.Decrypt(wrapped.Slice(1, NonceSize), wrapped.Slice(1 + NonceSize, DataKey.Size), wrapped[^TagSize..], key, Authenticated(kekName, epoch, associatedData));
            return new DataKey(key, epoch);
        }
        catch (AuthenticationTagMismatchException)
        {
            // The framework's only way to say so; to the caller it is an expected answer.
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public DataKey Derive(string name)
    {
        Span<byte> bytes = stackalloc byte[DataKey.Size];
        Derive("derive"u8, name, bytes);
        var key = new DataKey(bytes, 1);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    public byte[] SignEd25519(string name, ReadOnlySpan<byte> data) => SignatureAlgorithm.Ed25519.Sign(Ed25519(name), data);

    public byte[] PublicKeyEd25519(string name) => Ed25519(name).PublicKey.Export(KeyBlobFormat.RawPublicKey);

    public byte[] SignEs256(string name, ReadOnlySpan<byte> data)
    {
        var key = Es256(name);

        // One instance is not promised to serve two threads.
        lock (key)
        {
            return key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public byte[] PublicKeyEs256(string name)
    {
        var key = Es256(name);
        lock (key)
        {
            return key.ExportSubjectPublicKeyInfo();
        }
    }

    public void Dispose()
    {
        foreach (var disposable in _keks.Values.Concat<IDisposable>(_ed25519.Values).Concat(_es256.Values))
        {
            disposable.Dispose();
        }

        _keks.Clear();
        _ed25519.Clear();
        _es256.Clear();
        _root.Dispose();
    }

    private static T Held<T>(ConcurrentDictionary<string, T> cache, string name, Func<string, T> make)
        where T : IDisposable
    {
        if (cache.TryGetValue(name, out var held))
        {
            return held;
        }

        if (cache.Count >= CachedMax)
        {
            throw new InvalidOperationException($"More than {CachedMax} key names are in use.");
        }

        var made = make(name);
        held = cache.GetOrAdd(name, made);
        if (!ReferenceEquals(held, made))
        {
            made.Dispose();
        }

        return held;
    }

    private static byte[] Authenticated(string name, int epoch, ReadOnlySpan<byte> associatedData)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(associatedData.Length, AssociatedDataMax);
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var all = new byte[4 + nameBytes.Length + 4 + 4 + 4 + associatedData.Length];
        BinaryPrimitives.WriteInt32BigEndian(all, nameBytes.Length);
        nameBytes.CopyTo(all, 4);
        var rest = all.AsSpan(4 + nameBytes.Length);
        BinaryPrimitives.WriteInt32BigEndian(rest, 4);
        BinaryPrimitives.WriteInt32BigEndian(rest[4..], epoch);
        BinaryPrimitives.WriteInt32BigEndian(rest[8..], associatedData.Length);
        associatedData.CopyTo(rest[12..]);
        return all;
    }

    private DataKey Kek(string name) => Held(_keks, name, n =>
    {
        Span<byte> bytes = stackalloc byte[DataKey.Size];
        Derive("kek"u8, n, bytes);
        var key = new DataKey(bytes, 1);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    });

    private Key Ed25519(string name) => Held(_ed25519, name, n =>
    {
        Span<byte> seed = stackalloc byte[32];
        Derive("ed25519"u8, n, seed);
        var key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    });

    private ECDsa Es256(string name) => Held(_es256, name, n =>
    {
        Span<byte> random = stackalloc byte[P256.RandomSize];
        Derive("es256"u8, n, random);
        var key = P256.FromRandom(random);
        CryptographicOperations.ZeroMemory(random);
        return key;
    });

    private void Derive(ReadOnlySpan<byte> purpose, string name, Span<byte> destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, NameMax);
        Span<byte> label = stackalloc byte[64];
        "EHealthHub vault "u8.CopyTo(label);
        purpose.CopyTo(label["EHealthHub vault "u8.Length..]);
        Span<byte> context = stackalloc byte[16 + (NameMax * 3)];
        _hubId.TryWriteBytes(context, bigEndian: true, out _);
        var length = 16 + Encoding.UTF8.GetBytes(name, context[16..]);
        SP800108HmacCounterKdf.DeriveBytes(_root.Bytes, HashAlgorithmName.SHA256, label[..("EHealthHub vault "u8.Length + purpose.Length)], context[..length], destination);
    }
}
