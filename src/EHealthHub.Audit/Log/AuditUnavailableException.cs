namespace EHealthHub.Audit.Log;

/// <summary>The log cannot take the entry: no durable audit, no data.</summary>
public sealed class AuditUnavailableException : Exception
{
    /// <summary>With its reason.</summary>
    public AuditUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>For serializers.</summary>
    public AuditUnavailableException()
    {
    }

    /// <summary>With its reason and cause.</summary>
    public AuditUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
