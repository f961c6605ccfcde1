namespace EHealthHub.Records.Store;

/// <summary>The store cannot be reached or cannot write; the request gets 503 and nothing was released.</summary>
public class RecordsUnavailableException : Exception
{
    /// <summary>With its reason.</summary>
    public RecordsUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>For serializers.</summary>
    public RecordsUnavailableException()
    {
    }

    /// <summary>With its reason and cause.</summary>
    public RecordsUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
