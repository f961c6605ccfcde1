using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Institutions;

/// <summary>
/// The registry as a file: <c>{"tag":"…","registry":{…}}</c>, readable by people, in one piece so that it can be replaced in one step. The tag is over the exact bytes of the value of <c>registry</c> after a line that names the
/// format, so that a tag made for something else is never one for a registry.
/// </summary>
internal sealed record RegistryDocument(
    long Revision, ImmutableArray<Institution> Institutions, ImmutableArray<Person> Persons, ImmutableArray<string> BlockedCertificates, TrustList? Trust = null, ImmutableArray<RegistryNote> Notes = default)
{
    internal const int BytesMax = 256 * 1024 * 1024;

    private static readonly byte[] Purpose = "ehealthhub-registry/1\n"u8.ToArray();

    internal static byte[] Write(RegistrySnapshot registry, IRegistryAuthenticator authenticator)
    {
        var document = new RegistryDocument(registry.Revision, registry.Institutions, registry.Persons, [.. registry.BlockedCertificates.Order(StringComparer.Ordinal)], registry.Trust, registry.Notes);
        var content = JsonSerializer.SerializeToUtf8Bytes(document, RegistryJson.Strict.RegistryDocument);
        var head = Encoding.ASCII.GetBytes($"{{\"tag\":\"{Convert.ToHexStringLower(TagOf(content, authenticator))}\",\"registry\":");
        return [.. head, .. content, (byte)'}', (byte)'\n'];
    }

    /// <summary>False, with a fault, for anything that is not exactly what <see cref="Write"/> made under the same key, or breaks a rule.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> file, IRegistryAuthenticator authenticator, [NotNullWhen(true)] out RegistrySnapshot? registry, out string fault)
    {
        registry = null;
        fault = "It is not of the form {\"tag\":…,\"registry\":…}.";
        try
        {
            if (!TrySplit(file, out var tag, out var content))
            {
                return false;
            }

            if (!CryptographicOperations.FixedTimeEquals(tag, TagOf(content, authenticator)))
            {
                fault = "Its tag is wrong: it was not written by this hub, or was changed since.";
                return false;
            }

            var document = JsonSerializer.Deserialize(content, RegistryJson.Strict.RegistryDocument);
            if (document is null || document.Revision < 1 || document.HasNulls())
            {
                return false;
            }

            ImmutableHashSet<string> blocked = [.. document.BlockedCertificates];
            var faults = RegistryRules.Faults(document.Institutions, document.Persons, blocked, document.Trust);
            fault = string.Join(' ', faults);
            registry = faults.IsEmpty ? new RegistrySnapshot(document.Institutions, document.Persons, blocked, document.Revision, document.Trust, document.Notes) : null;
            return registry is not null;
        }
        catch (JsonException e)
        {
            fault = "It is malformed: " + e.Message;
            return false;
        }
    }

    /// <summary>The serializer looks at the nullability of members, not at that of elements.</summary>
    private bool HasNulls() =>
        Institutions.Any(i => i is null || i.Certificates.Contains(null!) || i.Scopes.Contains(null!) || i.Names.Contains(null!) || i.Clients.Any(c => c is null || c.HasNulls()))
        || Persons.Any(p => p is null || p.Certificates.Contains(null!) || p.Employments.Contains(null!) || p.Logins.Contains(null!))
        || BlockedCertificates.Contains(null!) || (!Notes.IsDefault && Notes.Contains(null!));

    private static byte[] TagOf(ReadOnlySpan<byte> content, IRegistryAuthenticator authenticator) => authenticator.Tag([.. Purpose, .. content]);

    private static bool TrySplit(ReadOnlySpan<byte> file, out byte[] tag, out ReadOnlySpan<byte> content)
    {
        tag = [];
        content = [];
        var reader = new Utf8JsonReader(file, new JsonReaderOptions { MaxDepth = 16 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject
            || !reader.Read() || !reader.ValueTextEquals("tag"u8) || !reader.Read() || reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length != 64
            || !IsHex(reader.ValueSpan))
        {
            return false;
        }

        tag = Convert.FromHexString(reader.ValueSpan);
        if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("registry"u8) || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        content = file[start..(int)reader.BytesConsumed];
        return reader.Read() && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    private static bool IsHex(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigitLower((char)c))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Strict both ways: no unknown or repeated members, no missing ones, no numbers for names.</summary>
[JsonSerializable(typeof(RegistryDocument))]
[JsonSerializable(typeof(TrustList))]
internal sealed partial class RegistryJson : JsonSerializerContext
{
    internal static readonly RegistryJson Strict = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 16,
        WriteIndented = true,
        NewLine = "\n",

        // A file for people, never put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter<InstitutionKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<AnchorUses>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<RevocationKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<OcspNonce>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<ClientKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
            new JsonStringEnumConverter<PersonKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
        },
    });
}
