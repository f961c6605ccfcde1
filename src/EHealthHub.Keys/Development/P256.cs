using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace EHealthHub.Keys.Development;

/// <summary>A P-256 private key from random bytes (FIPS 186-5 A.2.1, extra random bits).</summary>
internal static class P256
{
    /// <summary>Bytes that are needed: 256 bits and 128 more, so that the reduction has no bias worth naming.</summary>
    public const int RandomSize = 48;

    private static readonly BigInteger Order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>d = (c mod (n - 1)) + 1.</summary>
    public static ECDsa FromRandom(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomSize);
        var d = (new BigInteger(random, isUnsigned: true, isBigEndian: true) % (Order - 1)) + 1;
        var bytes = new byte[32];
        d.TryWriteBytes(bytes.AsSpan(32 - d.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = bytes };
        try
        {
            return ECDsa.Create(parameters);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
