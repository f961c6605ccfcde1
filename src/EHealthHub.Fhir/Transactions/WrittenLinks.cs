using System.Runtime.InteropServices;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Transactions;

/// <summary>The links of one resource as they are written, each once.</summary>
/// <param name="References">Reference.reference, without those to contained resources.</param>
/// <param name="Uris">Elements of type uri, url, oid and uuid: where an Attachment lies is one of them.</param>
public sealed record WrittenLinks(IReadOnlyCollection<string> References, IReadOnlyCollection<string> Uris)
{
    /// <summary>The links of <paramref name="resource"/>.</summary>
    public static WrittenLinks Of(FhirResource resource)
    {
        var (references, uris) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var scanner = new ReferenceScanner(JsonMarshal.GetRawUtf8Value(resource.Root));
        try
        {
            while (scanner.Next())
            {
                if (scanner.Kind == LinkKind.Reference && !scanner.Text.StartsWith("#"u8))
                {
                    references.Add(scanner.Value);
                }
                else if (scanner.Kind == LinkKind.Uri)
                {
                    uris.Add(scanner.Value);
                }
            }
        }
        finally
        {
            scanner.Dispose();
        }

        return new WrittenLinks(references, uris);
    }
}
