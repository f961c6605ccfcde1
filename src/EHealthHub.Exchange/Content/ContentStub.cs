using System.Buffers;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Content;

/// <summary>
/// How a Binary whose content lies beside it stands among other resources: without <c>data</c>, and tagged SUBSETTED (R4 3.1.1.5.8), since a Bundle is made in memory. Whoever wants the content reads the Binary by itself.
/// </summary>
internal static class ContentStub
{
    private static readonly Subset AllButData = Subset.Parse(null, "id,meta,implicitRules,language,contentType,securityContext", "Binary").Try(out var subset, out var failure) ? subset : throw new InvalidOperationException(failure.Issues[0].Code);

    /// <summary>What is shown of a version in a Bundle.</summary>
    public static ReadOnlyMemory<byte> Shown(RecordVersion version) => version.Content is null ? version.Json : Shown(version.Json);

    /// <summary>As above, where it is known that content lies beside it.</summary>
    public static ReadOnlyMemory<byte> Shown(ReadOnlyMemory<byte> json)
    {
        var shown = new ArrayBufferWriter<byte>(json.Length + 256);
        SubsetWriter.Write(json.Span, AllButData, shown);
        return shown.WrittenMemory;
    }
}
