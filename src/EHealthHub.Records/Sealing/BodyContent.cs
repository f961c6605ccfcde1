using System.Buffers;
using System.Text;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Sealing;

/// <summary>
/// The JSON of a version without what whoever opens it knows already (FORMAT.md, "Body"): its beginning is written again from type, id, version and time, and the patient's id, which stands in most references, is one byte.
/// JSON has no raw control characters, so that byte cannot be mistaken.
/// </summary>
internal static class BodyContent
{
    private const byte PatientMark = 1;

    // A longer id is none of R4's, and is left where it stands.
    private const int IdMax = 64;

    /// <summary>Shortens into a rented buffer, which the caller clears and gives back.</summary>
    public static (byte[] Rented, int Length) Shorten(ReadOnlySpan<byte> json, in RecordBinding binding, string type, string id)
    {
        Span<byte> beginning = stackalloc byte[ResourceWriter.BeginningMax + (IdMax * 6)];
        var known = ResourceWriter.WriteBeginning(beginning, type, Checked(id), binding.Version, Microseconds.ToTime(binding.Time));
        if (!json.StartsWith(beginning[..known]) || json.ContainsAnyInRange((byte)0, (byte)31))
        {
            throw new ArgumentException("The JSON is not stamped with its type, id, version and time, or holds a control character.", nameof(json));
        }

        Span<byte> patient = stackalloc byte[IdMax];
        patient = patient[..Patient(binding.Patient, patient)];
        var rest = json[known..];
        var to = ArrayPool<byte>.Shared.Rent(json.Length);
        var written = 0;
        while (!patient.IsEmpty && rest.IndexOf(patient) is var at and >= 0)
        {
            rest[..at].CopyTo(to.AsSpan(written));
            to[written + at] = PatientMark;
            written += at + 1;
            rest = rest[(at + patient.Length)..];
        }

        rest.CopyTo(to.AsSpan(written));
        return (to, written + rest.Length);
    }

    /// <summary>The JSON again.</summary>
    public static byte[] Restore(ReadOnlySpan<byte> content, in RecordBinding binding, string type, string id)
    {
        Span<byte> beginning = stackalloc byte[ResourceWriter.BeginningMax + (IdMax * 6)];
        var known = ResourceWriter.WriteBeginning(beginning, type, Checked(id), binding.Version, Microseconds.ToTime(binding.Time));
        Span<byte> patient = stackalloc byte[IdMax];
        patient = patient[..Patient(binding.Patient, patient)];
        var marks = content.Count(PatientMark);
        var json = GC.AllocateUninitializedArray<byte>(known + content.Length + (marks * (patient.Length - 1)));
        beginning[..known].CopyTo(json);
        var to = json.AsSpan(known);
        for (; marks > 0; marks--)
        {
            var at = content.IndexOf(PatientMark);
            content[..at].CopyTo(to);
            patient.CopyTo(to[at..]);
            to = to[(at + patient.Length)..];
            content = content[(at + 1)..];
        }

        content.CopyTo(to);
        return json;
    }

    private static string Checked(string id) => id.Length <= IdMax ? id : throw new ArgumentException($"A logical id has at most {IdMax} characters.", nameof(id));

    /// <summary>The bytes that a mark stands for; none where there is no patient, or one whose name is no logical id.</summary>
    private static int Patient(string? name, Span<byte> to) => name is { Length: > 0 and <= IdMax } && Ascii.IsValid(name) ? Encoding.ASCII.GetBytes(name, to) : 0;
}
