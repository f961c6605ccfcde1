using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>What the text of a Reference.reference is (R4 2.3.0).</summary>
internal enum ReferenceForm
{
    /// <summary>Neither of the others; wrong.</summary>
    Malformed,

    /// <summary><c>#id</c>, or <c>#</c> for the container.</summary>
    Local,

    /// <summary>An absolute URL, URN or other URI that does not tell a type.</summary>
    Opaque,

    /// <summary><c>Type/id</c>, with or without a version, relative or absolute; or <c>Type?query</c>.</summary>
    Typed,
}

/// <summary>Tells the forms apart.</summary>
internal static class ReferenceForms
{
    /// <summary>The form; with its type where it tells one.</summary>
    public static ReferenceForm Of(ReadOnlySpan<byte> text, out string? type)
    {
        type = null;
        if (text.IsEmpty)
        {
            return ReferenceForm.Malformed;
        }

        if (text[0] == (byte)'#')
        {
            return ReferenceForm.Local;
        }

        var fragment = text.IndexOf((byte)'#');
        text = fragment < 0 ? text : text[..fragment];
        var query = text.IndexOf((byte)'?');
        var path = query < 0 ? text : text[..query];
        var colon = path.IndexOf((byte)':');
        var isAbsolute = colon > 0 && path[..colon].IndexOf((byte)'/') < 0;
        if (!isAbsolute && query > 0)
        {
            return ResourceTypes.TryGet(path, out type) ? ReferenceForm.Typed : ReferenceForm.Malformed;
        }

        if (isAbsolute && !path.StartsWith("http"u8))
        {
            return ReferenceForm.Opaque;
        }

        return TryTyped(path, isAbsolute, out type) ? ReferenceForm.Typed : isAbsolute ? ReferenceForm.Opaque : ReferenceForm.Malformed;
    }

    /// <summary><c>…/Type/id</c> or <c>…/Type/id/_history/version</c>; nothing before it where it is relative.</summary>
    private static bool TryTyped(ReadOnlySpan<byte> path, bool isAbsolute, out string? type)
    {
        type = null;
        var history = path.IndexOf("/_history/"u8);
        if (history >= 0 && !PrimitiveFormats.IsId(path[(history + 10)..]))
        {
            return false;
        }

        path = history < 0 ? path : path[..history];
        var id = path.LastIndexOf((byte)'/');
        if (id < 0 || !PrimitiveFormats.IsId(path[(id + 1)..]))
        {
            return false;
        }

        var start = path[..id].LastIndexOf((byte)'/');
        return (isAbsolute || start < 0) && ResourceTypes.TryGet(path[(start + 1)..id], out type);
    }
}
