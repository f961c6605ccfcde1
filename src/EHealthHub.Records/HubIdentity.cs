using System.Text.Json;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Records;

/// <summary>Who this hub is: made at the first start, never changed (<c>DIR/hub.json</c>). Enters associated data, the log's origin, key names and the token issuer.</summary>
/// <param name="Id">The hub's UUID.</param>
/// <param name="Node">Name of this gateway, for example <c>node-1</c>: 1 to 32 lower-case letters, digits and hyphens.</param>
/// <param name="Province">Plate code, for example <c>06</c>: two digits.</param>
/// <param name="BaseUrl">Public base URL without a trailing slash, for example <c>https://localhost:8443</c>.</param>
public sealed record HubIdentity(Guid Id, string Node, string Province, string BaseUrl)
{
    private const string FileName = "hub.json";
    private const int FileBytesMax = 4_096;

    /// <summary>
    /// Reads <c>hub.json</c> in <paramref name="folder"/>, or writes it with <paramref name="create"/>; null when it does not exist and there is nothing to create it from. Throws <see cref="InvalidDataException"/> for a damaged file.
    /// Where two processes create at once, both get what the first one wrote.
    /// </summary>
    public static HubIdentity? Open(string folder, Func<HubIdentity>? create)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            return Read(path);
        }

        if (create is null)
        {
            return null;
        }

        var identity = create();
        if (Fault(identity) is { } fault)
        {
            throw new ArgumentException(fault, nameof(create));
        }

        Directory.CreateDirectory(folder);
        return DurableFile.TryCreate(path, Write(identity)) ? identity : Read(path);
    }

    /// <summary>FHIR base: <c>BaseUrl/fhir</c>.</summary>
    public string FhirBase => BaseUrl + "/fhir";

    /// <summary>How facts are extracted, by the writer and by the verifier alike: a reference by the hub's own absolute address is the relative one.</summary>
    internal SearchSettings Search => new() { BaseUrl = FhirBase };

    private static HubIdentity Read(string path)
    {
        if (new FileInfo(path).Length > FileBytesMax)
        {
            throw new InvalidDataException($"{FileName} is larger than {FileBytesMax} bytes.");
        }

        HubIdentity identity;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            identity = new HubIdentity(
                root.GetProperty("id"u8).GetGuid(),
                root.GetProperty("node"u8).GetString() ?? "",
                root.GetProperty("province"u8).GetString() ?? "",
                root.GetProperty("baseUrl"u8).GetString() ?? "");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{FileName} is damaged: {exception.Message}", exception);
        }

        return Fault(identity) is { } fault ? throw new InvalidDataException($"{FileName} is damaged: {fault}") : identity;
    }

    private static byte[] Write(HubIdentity identity)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, identity.Id);
            json.WriteString("node"u8, identity.Node);
            json.WriteString("province"u8, identity.Province);
            json.WriteString("baseUrl"u8, identity.BaseUrl);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string? Fault(HubIdentity identity)
    {
        if (identity.Id == Guid.Empty)
        {
            return "the id is empty.";
        }

        if (identity.Node.Length is 0 or > 32 || !identity.Node.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            return "the node is not 1 to 32 lower-case letters, digits and hyphens.";
        }

        if (identity.Province.Length != 2 || !identity.Province.All(char.IsAsciiDigit))
        {
            return "the province is not a plate code of two digits.";
        }

        return Uri.TryCreate(identity.BaseUrl, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && !identity.BaseUrl.EndsWith('/')
            ? null
            : "the base URL is not https, absolute and without a trailing slash.";
    }
}
