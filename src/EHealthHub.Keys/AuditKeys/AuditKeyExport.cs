using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using EHealthHub.Keys.Files;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.AuditKeys;

/// <summary>Which named keys of the vault belong to one log.</summary>
/// <param name="Origin">The log's origin, for example <c>ehealthhub/06/node-1/0198c2aa/2026H2</c>.</param>
/// <param name="SealingName">Name for <see cref="IKeyVault.Derive"/>; begins with <c>audit/</c>, for example <c>audit/2026H2</c>.</param>
/// <param name="SigningName">Name for <see cref="IKeyVault.PublicKeyEd25519"/>, for example <c>sign/checkpoint</c>.</param>
/// <param name="RegistryName">Name of the secret that authenticates the registry file; begins with <c>registry/</c>.</param>
public sealed record AuditLogNames(string Origin, string SealingName, string SigningName, string RegistryName);

/// <summary>
/// Hands the auditors what they need and no more: for each log the sealing key of its period and the public key of its checkpoints, and the secret that proves the registry, which says who is an auditor. No KEK, no root, nothing that
/// opens a record. Written by the process that holds the vault, read by <see cref="AuditKeyRing"/>. JSON, mode 0600, all values base64 of 32 bytes: <c>{"format":1,"registry":…,"logs":[{"origin":…,"seal":…,"checkpoint":…}]}</c>.
/// </summary>
public static class AuditKeyExport
{
    /// <summary>Adds a log's keys to the file, or makes the file; the logs that it names already are kept. Atomic and durable. Not for two processes at once.</summary>
    public static void Update(string path, IKeyVault vault, AuditLogNames log)
    {
        if (!log.SealingName.StartsWith("audit/", StringComparison.Ordinal) || !log.RegistryName.StartsWith("registry/", StringComparison.Ordinal))
        {
            throw new ArgumentException("Only keys of the audit log and of the registry may be handed out.", nameof(log));
        }

        path = Path.GetFullPath(path);
        using var ring = File.Exists(path) ? AuditKeyRing.Read(path) : AuditKeyRing.Empty();
        using var key = vault.Derive(log.SealingName);
        var checkpointKey = vault.PublicKeyEd25519(log.SigningName);
        using var registry = vault.Derive(log.RegistryName);
        if (ring.Holds(log.Origin, key, checkpointKey) && CryptographicOperations.FixedTimeEquals(ring.RegistryKey.Bytes, registry.Bytes))
        {
            return;
        }

        ring.Set(log.Origin, key, checkpointKey);
        ring.SetRegistry(registry.Bytes);
        Write(path, ring);
    }

    private static void Write(string path, AuditKeyRing ring)
    {
        // Large enough not to grow: growing would leave copies of keys behind that nobody clears.
        var buffer = new ArrayBufferWriter<byte>(64 + (ring.Origins.Count * 2_048));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("format", AuditKeyRing.Format);
            json.WriteBase64String("registry", ring.RegistryKey.Bytes);
            json.WriteStartArray("logs");
            foreach (var origin in ring.Origins.Order(StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("origin", origin);
                json.WriteBase64String("seal", ring.SealingKey(origin)!.Bytes);
                json.WriteBase64String("checkpoint", ring.CheckpointKeys[origin]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        PrivateFile.Replace(path, buffer.WrittenSpan);
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsMemory(buffer.WrittenMemory).Span);
    }
}
