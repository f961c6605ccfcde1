using System.Runtime.InteropServices;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Transactions;

/// <summary>The references of one resource that mean something only inside the Bundle that brought it.</summary>
internal static class ResourceLinks
{
    private const string Temporary = "urn:uuid:";

    /// <summary>What a reference is, told by its text alone.</summary>
    public delegate Failure? Visitor(string reference, int start);

    /// <summary>Shows every Reference.reference that is temporary, conditional or relative to <paramref name="visit"/>, until that answers with a failure.</summary>
    public static Failure? Visit(FhirResource resource, bool relativeToo, Visitor visit)
    {
        var scanner = new ReferenceScanner(JsonMarshal.GetRawUtf8Value(resource.Root));
        try
        {
            while (scanner.Next())
            {
                if (scanner.Kind == LinkKind.Reference && (relativeToo || scanner.Text.StartsWith("urn:"u8) || scanner.Text.IndexOfAny((byte)'?', (byte)'\\') >= 0) && visit(scanner.Value, scanner.Start) is { } failure)
                {
                    return failure;
                }
            }
        }
        finally
        {
            scanner.Dispose();
        }

        return null;
    }

    /// <summary>True for <c>urn:uuid:</c>, by which an entry that has no id yet is named.</summary>
    public static bool IsTemporary(string reference) => reference.StartsWith(Temporary, StringComparison.Ordinal);

    /// <summary>The type and query of <c>Type?query</c>; false for anything else. The type need not exist.</summary>
    public static bool TryConditional(string reference, out string type, out string query)
    {
        var question = reference.IndexOf('?', StringComparison.Ordinal);
        type = question > 0 ? reference[..question] : "";
        query = question > 0 ? reference[(question + 1)..] : "";
        return question > 0 && type.All(char.IsAsciiLetter);
    }

    public static Failure? CheckAlone(FhirResource resource, string path, IReadOnlyDictionary<string, string>? known = null) =>
        Visit(resource, relativeToo: false, (reference, start) =>
            known?.ContainsKey(reference) == true ? null
            : IsTemporary(reference) ? Unresolved(resource, path, start, "A temporary reference names an entry of a transaction, and this is none.")
            : TryConditional(reference, out _, out _) ? Unresolved(resource, path, start, "A conditional reference is resolved in a transaction, and this is none.")
            : null);

    /// <summary>400 at the place of the reference.</summary>
    public static Failure Unresolved(FhirResource resource, string path, int start, string text) =>
        Failure.Of(400, "value", "reference-unresolved", text, Place(resource, path, start));

    /// <summary>The FHIRPath of the string that begins at <paramref name="start"/>.</summary>
    public static string Place(FhirResource resource, string path, int start) => JsonPlace.Of(path, JsonMarshal.GetRawUtf8Value(resource.Root), start - 1);
}
