using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust;

/// <summary>Port: the registry in force now. Implemented over the registry file by <c>RegistryFile</c>; read on every request, so it must be a field read.</summary>
public interface IRegistry
{
    /// <summary>The snapshot in force.</summary>
    RegistrySnapshot Current { get; }
}

/// <summary>Port: signs tokens with the hub's ES256 key. The host adapts a key from the room Keys.</summary>
public interface ITokenSigner
{
    /// <summary>Key id (kid).</summary>
    string KeyId { get; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    byte[] PublicKey { get; }

    /// <summary>ES256 over the data, 64 bytes (P1363).</summary>
    byte[] Sign(ReadOnlySpan<byte> data);
}

/// <summary>Port: authenticates the registry file (HMAC-SHA-256 under a key of the hub), so that who can write the file cannot grant authority.</summary>
public interface IRegistryAuthenticator
{
    /// <summary>32-byte tag over the content.</summary>
    byte[] Tag(ReadOnlySpan<byte> content);
}

/// <summary>Port: remembers single-use identifiers until they expire. Bounded; full means refuse.</summary>
public interface IReplayCache
{
    /// <summary>True the first time an id is seen; false when it was seen before or the cache is full.</summary>
    bool TryUse(string id, DateTimeOffset until);
}
