using System.Text;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>A Binary is its content to whoever does not ask for FHIR (R4 2.11, 3.1.0.1.9; E31).</summary>
public sealed class StrictBinaryTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task The_wrapper_comes_for_the_types_of_fhir_alone()
    {
        using var ministry = hub.Client("ministry");
        using var text = new StringContent("merhaba ı", Encoding.UTF8, "text/plain");
        var id = (await ministry.Send(HttpMethod.Post, "fhir/Binary", text, [])).Expect(201).IdFromLocation();

        var raw = (await ministry.Get($"fhir/Binary/{id}", ("Accept", "text/plain"))).Expect(200);
        Assert.Equal(("text/plain", "merhaba ı", "W/\"1\""), (raw.ContentType, raw.Text, raw.ETag));
        Assert.Equal("text/plain", (await ministry.Get($"fhir/Binary/{id}", ("Accept", "*/*"))).Expect(200).ContentType);
        var wrapper = (await ministry.Get($"fhir/Binary/{id}", ("Accept", "application/fhir+json"))).Expect(200);
        Assert.Equal(("Binary", "merhaba ı"), ((string?)wrapper.Json["resourceType"], Encoding.UTF8.GetString(Convert.FromBase64String((string)wrapper.Json["data"]!))));
        Assert.Equal("application/fhir+xml", (await ministry.Get($"fhir/Binary/{id}?_format=xml", ("Accept", "text/plain"))).Expect(200).ContentType);
        (await ministry.Get($"fhir/Binary/{id}", ("Accept", "image/png"))).Expect(406);
        var head = (await ministry.Send(HttpMethod.Head, $"fhir/Binary/{id}", null, [("Accept", "text/plain")])).Expect(200);
        Assert.Equal(("text/plain", 0), (head.ContentType, head.Bytes.Length));
    }
}
