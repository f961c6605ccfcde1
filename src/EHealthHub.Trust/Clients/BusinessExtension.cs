using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Clients;

/// <summary>The <c>hl7-b2b</c> authorization extension object of UDAP Security (HL7 FAST, 5.2.1.1), as far as a hub of institutions looks at it: who asks, and what for.</summary>
/// <param name="OrganizationId">organization_id, a URI.</param>
/// <param name="Purposes">The codes of purpose_of_use, without their system.</param>
internal sealed record BusinessExtension(string OrganizationId, ImmutableArray<string> Purposes)
{
    private const int PurposesMax = 8;
    private const int TextMax = 512;

    // The same code system by its address and by its OID; a form without either is taken for it too.
    private static readonly string[] Systems = ["http://terminology.hl7.org/CodeSystem/v3-ActReason#", "urn:oid:2.16.840.1.113883.5.8#"];

    /// <summary>False for an extension that is there and not as the guide has it; null without one.</summary>
    internal static bool TryRead(JsonElement claims, out BusinessExtension? extension)
    {
        extension = null;
        if (!claims.TryGetProperty("extensions", out var extensions))
        {
            return true;
        }

        if (extensions.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (!extensions.TryGetProperty("hl7-b2b", out var b2b))
        {
            return true;
        }

        if (b2b.GetString("version") != "1" || b2b.GetString("organization_id") is not { Length: > 0 and <= TextMax } organization
            || !b2b.TryGetProperty("purpose_of_use", out var purposes) || purposes.ValueKind != JsonValueKind.Array || purposes.GetArrayLength() is < 1 or > PurposesMax)
        {
            return false;
        }

        var codes = ImmutableArray.CreateBuilder<string>();
        foreach (var purpose in purposes.EnumerateArray())
        {
            if (purpose.GetText() is not { Length: > 0 and <= TextMax } text)
            {
                return false;
            }

            var system = Systems.FirstOrDefault(s => text.StartsWith(s, StringComparison.Ordinal));
            codes.Add(system is null ? text : text[system.Length..]);
        }

        extension = new BusinessExtension(organization, codes.ToImmutable());
        return true;
    }
}
