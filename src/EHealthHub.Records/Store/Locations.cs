namespace EHealthHub.Records.Store;

/// <summary>Makes locations out of rows.</summary>
internal static class Locations
{
    public static ResourceLocation From(CompartmentInfo compartment, VersionRow row, string submitter, string type, string id) => new()
    {
        Type = type,
        Id = id,
        Compartment = compartment.Kind,
        CompartmentName = compartment.Name,
        Version = row.Version,
        Deleted = row.Deleted,
        LastUpdated = Microseconds.ToTime(row.Time),
        Submitter = submitter,
        Row = row,
        CompartmentHandle = compartment.Handle,
    };
}
