using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Operator.Preparing;

/// <summary>A prepared data directory with its identity and keys, for commands that look into it beside the running hub.</summary>
internal sealed class OpenedHub : IDisposable
{
    private OpenedHub(HubLayout layout, HubIdentity identity, IKeyVault vault)
    {
        Layout = layout;
        Identity = identity;
        Vault = vault;
    }

    public HubLayout Layout { get; }

    public HubIdentity Identity { get; }

    public IKeyVault Vault { get; }

    /// <summary>Opens; null with a sentence for people when there is no whole hub in the directory.</summary>
    public static OpenedHub? Open(string data, out string fault)
    {
        var layout = new HubLayout(Path.GetFullPath(data));
        try
        {
            if (HubIdentity.Open(layout.Root, null) is { } identity)
            {
                fault = "";
                return new OpenedHub(layout, identity, DevelopmentVault.Open(layout.Keys, identity.Id, create: false));
            }

            fault = $"there is no hub in {layout.Root}; ./hub up makes one";
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            fault = $"the hub in {layout.Root} cannot be opened: {e.Message}";
        }

        return null;
    }

    public void Dispose() => Vault.Dispose();
}
