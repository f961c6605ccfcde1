using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Development;

/// <summary>The embedded default: one file of master keys, readable by its owner only. A production configuration refuses it.</summary>
public static class DevelopmentVault
{
    /// <summary>Opens or creates <c>development.key</c> in the folder; <paramref name="hubId"/> is mixed into every derived key. Throws <see cref="InvalidDataException"/> for a damaged file or one that others can read.</summary>
    public static IKeyVault Open(string folder, Guid hubId, bool create) => throw new NotSupportedException("under construction");
}
