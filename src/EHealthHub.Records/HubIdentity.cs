namespace EHealthHub.Records;

/// <summary>Who this hub is: made at the first start, never changed (<c>DIR/hub.json</c>). Enters associated data, the log's origin, key names and the token issuer.</summary>
/// <param name="Id">The hub's UUID.</param>
/// <param name="Node">Name of this gateway, for example <c>node-1</c>.</param>
/// <param name="Province">Plate code, for example <c>06</c>.</param>
/// <param name="BaseUrl">Public base URL without a trailing slash, for example <c>https://localhost:8443</c>.</param>
public sealed record HubIdentity(Guid Id, string Node, string Province, string BaseUrl)
{
    /// <summary>Reads <c>hub.json</c> in <paramref name="folder"/>, or writes it with <paramref name="create"/>; null when it does not exist and there is nothing to create it from. Throws <see cref="InvalidDataException"/> for a damaged file.</summary>
    public static HubIdentity? Open(string folder, Func<HubIdentity>? create) => throw new NotSupportedException("under construction");

    /// <summary>FHIR base: <c>BaseUrl/fhir</c>.</summary>
    public string FhirBase => BaseUrl + "/fhir";
}
