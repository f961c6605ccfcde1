using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>Short forms of reading, for tests.</summary>
internal static class Read
{
    public static readonly FhirLimits Limits = new();

    public static FhirResource Resource(string json) => Resource(Encoding.UTF8.GetBytes(json));

    public static FhirResource Resource(ReadOnlyMemory<byte> json, FhirLimits? limits = null)
    {
        var ok = FhirReader.Read(json, limits ?? Limits).Try(out var resource, out var failure);
        Assert.True(ok, failure?.Issues[0].ToString());
        return resource!;
    }

    public static Failure Failure(string json, FhirLimits? limits = null) => Failure(Encoding.UTF8.GetBytes(json), limits);

    public static Failure Failure(ReadOnlyMemory<byte> json, FhirLimits? limits = null)
    {
        var ok = FhirReader.Read(json, limits ?? Limits).Try(out _, out var failure);
        Assert.False(ok, "The body was accepted.");
        return failure!;
    }

    public static string Text(FhirResource resource) => Text(resource.Root);

    public static string Text(JsonElement element) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element));
}
