using EHealthHub.Exchange.Content;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Read;

/// <summary>Versions as entries of a history Bundle (R4 3.1.0.12): a deletion without its resource, and what was done by condition as if it had been done directly. An update that made the resource, or brought it back, is a PUT with 201.</summary>
internal static class HistoryEntries
{
    public static BundleEntry Of(HubIdentity hub, RecordVersion v)
    {
        var (method, status) = v switch { { Deleted: true } => ("DELETE", "204"), { MadeByUpdate: true } => ("PUT", "201"), { Version: 1 } => ("POST", "201"), _ => ("PUT", "200") };
        var url = method == "POST" ? v.Type : $"{v.Type}/{v.Id}";
        return new BundleEntry($"{hub.FhirBase}/{v.Type}/{v.Id}", v.Deleted ? default(ReadOnlyMemory<byte>?) : ContentStub.Shown(v), null, method, url, v.Version, v.LastUpdated, status);
    }
}
