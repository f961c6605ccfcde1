using System.Security.Cryptography;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>A hub's key over its registry, in memory.</summary>
internal sealed class TestAuthenticator : IRegistryAuthenticator
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public byte[] Tag(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_key, content);
}
