namespace EHealthHub.Exchange;

/// <summary>Logical ids that the hub assigns: UUID version 7 (RFC 9562 5.7) in lower-case text, so that new rows lie together.</summary>
internal static class Identifiers
{
    public static string New(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString();
}
