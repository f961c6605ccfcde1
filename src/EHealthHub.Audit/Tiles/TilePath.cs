using System.Globalization;

namespace EHealthHub.Audit.Tiles;

/// <summary>Which tile a file is (C2SP tlog-tiles). Paths are relative to the log's folder and use '/'.</summary>
/// <param name="Level">0 to 7 for hash tiles; <see cref="Entries"/> for entry bundles.</param>
/// <param name="Index">Number of the tile in its level.</param>
/// <param name="Width">256 when full, else 1 to 255.</param>
internal readonly record struct TilePath(int Level, long Index, int Width)
{
    /// <summary>Hashes in a full tile, entries in a full bundle.</summary>
    public const int Full = 256;

    /// <summary>The level of entry bundles, which span the same leaves as tiles of level 0.</summary>
    public const int Entries = -1;

    /// <summary>Tiles of level 7 reach beyond 2^63 leaves.</summary>
    public const int LevelMax = 7;

    /// <summary>Folder of all tiles.</summary>
    public const string Root = "tile";

    private const string EntriesFolder = "entries";

    /// <summary>Leaves under one hash of a tile of this level.</summary>
    public static long LeavesPerHash(int level) => level <= 0 ? 1 : 1L << (8 * level);

    /// <summary>The width of the right-most tile of a level in a tree of <paramref name="size"/> leaves; 0 when that tile is empty, so that there is none.</summary>
    public static int PartialWidth(int level, long size) => (int)((size / LeavesPerHash(level)) & 0xFF);

    /// <summary>Number of full tiles of a level in a tree of <paramref name="size"/> leaves.</summary>
    public static long FullTiles(int level, long size) => size / LeavesPerHash(level) / Full;

    /// <summary>The path of the full tile, below which its partial predecessors lie as <c>.p/W</c>.</summary>
    public string FullPath => $"{Root}/{(Level == Entries ? EntriesFolder : Level.ToString(CultureInfo.InvariantCulture))}/{Elements(Index)}";

    /// <summary>Folder of the tile's partial predecessors.</summary>
    public string PartialFolder => FullPath + ".p";

    /// <inheritdoc/>
    public override string ToString() => Width == Full ? FullPath : $"{PartialFolder}/{Width.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Reads a path; null when it is not the one spelling of a tile's path.</summary>
    public static TilePath? Parse(string path)
    {
        var parts = path.Split('/');
        if (parts.Length is < 3 or > 12 || parts[0] != Root || LevelOf(parts[1]) is not { } level)
        {
            return null;
        }

        var width = Full;
        var last = parts.Length - 1;
        if (parts[last - 1].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!int.TryParse(parts[last], NumberStyles.None, CultureInfo.InvariantCulture, out width) || width is < 1 or >= Full)
            {
                return null;
            }

            last--;
            parts[last] = parts[last][..^2];
        }

        long index = 0;
        for (var i = 2; i <= last; i++)
        {
            var element = i < last && parts[i].StartsWith('x') ? parts[i].AsSpan(1) : parts[i];
            if (element.Length != 3 || !int.TryParse(element, NumberStyles.None, CultureInfo.InvariantCulture, out var digits) || index > long.MaxValue / 1_000 - 1)
            {
                return null;
            }

            index = (index * 1_000) + digits;
        }

        var tile = new TilePath(level, index, width);
        return tile.ToString() == path ? tile : null;
    }

    private static int? LevelOf(string text) => text switch
    {
        EntriesFolder => Entries,
        [>= '0' and <= '7'] => text[0] - '0',
        _ => null,
    };

    /// <summary>1234067 is <c>x001/x234/067</c>.</summary>
    private static string Elements(long index)
    {
        var path = (index % 1_000).ToString("000", CultureInfo.InvariantCulture);
        for (index /= 1_000; index > 0; index /= 1_000)
        {
            path = $"x{(index % 1_000).ToString("000", CultureInfo.InvariantCulture)}/{path}";
        }

        return path;
    }
}
