using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Clients;

/// <summary>Reads the public keys of a client from a JWK Set (RFC 7517), for registration. Strict: a set with a private key, a key of another kind or one without an id is refused whole.</summary>
public static class KeySetReader
{
    private const int BytesMax = 64 * 1024;
    private static readonly string[] Private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>The keys; empty with a fault for people.</summary>
    public static ImmutableArray<ClientKey> Read(byte[] json, out string fault)
    {
        fault = $"It is no JWK Set of at most {ClientRules.KeysMax} keys.";
        if (json.Length > BytesMax)
        {
            return [];
        }

        using var document = CompactJws.ParseObject(json);
        if (document is null || !document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() is < 1 or > ClientRules.KeysMax)
        {
            return [];
        }

        var read = ImmutableArray.CreateBuilder<ClientKey>();
        foreach (var key in keys.EnumerateArray())
        {
            if (Read(key, out fault) is not { } one)
            {
                return [];
            }

            read.Add(one);
        }

        fault = "";
        return read.ToImmutable();
    }

    private static ClientKey? Read(JsonElement key, out string fault)
    {
        fault = "A key has no kid, or is none for signatures (use: sig).";
        if (key.ValueKind != JsonValueKind.Object || key.GetString("kid") is not { Length: > 0 } id || (key.TryGetProperty("use", out _) && key.GetString("use") != "sig"))
        {
            return null;
        }

        if (Private.Any(p => key.TryGetProperty(p, out _)))
        {
            fault = $"{id} is a private key: it belongs to the client alone, and must be taken for known to others now.";
            return null;
        }

        fault = $"{id} is of no kind that signs assertions here: RSA, P-256 or P-384.";
        try
        {
            var encoded = key.GetString("kty") switch
            {
                "EC" => Curve(key),
                "RSA" => Rsa(key),
                _ => null,
            };
            return encoded is null ? null : new ClientKey(id, key.GetString("alg"), Convert.ToBase64String(encoded));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? Curve(JsonElement key)
    {
        ECCurve? curve = key.GetString("crv") switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            _ => null,
        };
        if (curve is null || Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y)
        {
            return null;
        }

        using var ecdsa = ECDsa.Create(new ECParameters { Curve = curve.Value, Q = new ECPoint { X = x, Y = y } });
        return ecdsa.ExportSubjectPublicKeyInfo();
    }

    private static byte[]? Rsa(JsonElement key)
    {
        if (Bytes(key, "n") is not { } modulus || Bytes(key, "e") is not { } exponent)
        {
            return null;
        }

        using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return rsa.ExportSubjectPublicKeyInfo();
    }

    private static byte[]? Bytes(JsonElement key, string name) => CompactJws.TryDecode(key.GetString(name), out var bytes) ? bytes : null;
}
