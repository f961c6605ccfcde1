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

/// <summary>Port: the hub's token keys, one for each period of time, so that all gateways change over at the same moment without telling each other.</summary>
public interface ITokenKeys
{
    /// <summary>The key of a period; the same one whenever and wherever it is asked for. Periods are counted from the Unix epoch in <see cref="Tokens.TokenOptions.KeyDays"/>.</summary>
    ITokenSigner Key(long period);
}

/// <summary>Port: what was taken back before its time, shared between gateways. Identifiers are SHA-256 values of 32 bytes.</summary>
public interface IRevokedTokens
{
    /// <summary>Writes down, durably, that an identifier is out until a time; false when there is no room.</summary>
    bool TryAdd(ReadOnlySpan<byte> id, DateTimeOffset until);

    /// <summary>What was added after the mark that the last call gave (0 for all), and the new mark.</summary>
    IReadOnlyList<(byte[] Id, DateTimeOffset Until)> Since(ref long mark);
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
