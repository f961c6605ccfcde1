namespace EHealthHub.Trust.Tests.Support;

/// <summary>A folder of one's own under the system's temporary path, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("ehealthhub-trust-").FullName;

    internal string this[string name] => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
