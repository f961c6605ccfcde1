using System.Text;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Auditor.Logs;

/// <summary>The newest checkpoint of each log that was verified here, one file each (<c>DIR/auditor/checkpoints</c>, named as the log's folder with <c>.checkpoint</c>), so that a log cut or put back shows after a restart too.</summary>
internal sealed class KeptCheckpoints(string folder)
{
    /// <summary>The checkpoint kept of a log; null when none was. Throws <see cref="InvalidDataException"/> for a file that is none of this log signed by its key.</summary>
    public SignedHead? Read(string origin, VerifierKey key)
    {
        var path = PathOf(origin);
        if (!File.Exists(path))
        {
            return null;
        }

        var head = new FileInfo(path).Length <= SignedNote.LengthMax ? SignedHead.Parse(File.ReadAllText(path), key) : null;
        return head ?? throw new InvalidDataException("The kept checkpoint is damaged, or signed by another key.");
    }

    /// <summary>Keeps a verified checkpoint in place of the last one. A crash leaves the old one or the new one; an older one is weaker, never wrong.</summary>
    public void Keep(SignedHead head)
    {
        Directory.CreateDirectory(folder);
        var path = PathOf(head.Head.Origin);
        using (var stream = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            stream.Write(Encoding.UTF8.GetBytes(head.Text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private string PathOf(string origin) => Path.Combine(folder, LogFolder.NameOf(origin) + ".checkpoint");
}
