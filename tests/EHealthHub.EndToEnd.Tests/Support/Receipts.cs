namespace EHealthHub.EndToEnd.Tests.Support;
internal static class Receipts { public static string? Missing(string folder, IReadOnlyDictionary<string, byte[]> keys, string receipt) => null; }
