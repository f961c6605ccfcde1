namespace EHealthHub.Records.Store;

/// <summary>
/// Something in the database is not what the hub wrote: changed, swapped, cut, or left without its key. The request gets 503, nothing was released, and an operator has to look. Names the place, never the content.
/// </summary>
public sealed class RecordsTamperedException : RecordsUnavailableException
{
    /// <summary>With the place: the compartment's key, and the slot in it, or -1 where the compartment itself is meant.</summary>
    public RecordsTamperedException(string message, long compartmentKey, long slot)
        : base($"{message} (compartment {compartmentKey}, slot {slot})")
    {
        CompartmentKey = compartmentKey;
        Slot = slot;
    }

    /// <summary>For serializers.</summary>
    public RecordsTamperedException()
    {
    }

    /// <summary>With its reason.</summary>
    public RecordsTamperedException(string message)
        : base(message)
    {
    }

    /// <summary>With its reason and cause.</summary>
    public RecordsTamperedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Key of the compartment in the database; 0 where none is meant.</summary>
    public long CompartmentKey { get; }

    /// <summary>Slot in the compartment; -1 where the compartment itself is meant.</summary>
    public long Slot { get; } = -1;
}
