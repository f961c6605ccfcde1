using CsCheck;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Tests.Tiles;

public class TilePathTests
{
    [Theory]
    [InlineData(0, 0, 256, "tile/0/000")]
    [InlineData(0, 1_234_067, 256, "tile/0/x001/x234/067")]
    [InlineData(2, 1_000, 7, "tile/2/x001/000.p/7")]
    [InlineData(TilePath.Entries, 273, 112, "tile/entries/273.p/112")]
    public void Paths_are_those_of_the_specification(int level, long index, int width, string path)
    {
        Assert.Equal(path, new TilePath(level, index, width).ToString());
        Assert.Equal(new TilePath(level, index, width), TilePath.Parse(path));
    }

    [Fact]
    public void Every_path_is_read_as_it_was_written() =>
        Gen.Select(Gen.Int[-1, 7], Gen.Long[0, long.MaxValue / 1_024], Gen.Int[1, 256]).Sample((level, index, width) =>
        {
            var path = new TilePath(level, index, width);
            return TilePath.Parse(path.ToString()) == path;
        });

    [Theory]
    [InlineData("tile/0")]
    [InlineData("tile/8/000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/0/00")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/001/002")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/0/001.p")]
    [InlineData("tile/0/001.p/0")]
    [InlineData("tile/0/001.p/256")]
    [InlineData("tile/0/001.p/07")]
    [InlineData("tile/0/001.p/7/8")]
    [InlineData("tile/entries/+01")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tiles/0/001")]
    [InlineData("checkpoint")]
    public void Any_other_spelling_is_refused(string path) => Assert.Null(TilePath.Parse(path));

    [Fact]
    public void A_tree_of_70000_has_the_tiles_that_the_specification_counts()
    {
        Assert.Equal((273, 112), (TilePath.FullTiles(0, 70_000), TilePath.PartialWidth(0, 70_000)));
        Assert.Equal((1, 17), (TilePath.FullTiles(1, 70_000), TilePath.PartialWidth(1, 70_000)));
        Assert.Equal((0, 1), (TilePath.FullTiles(2, 70_000), TilePath.PartialWidth(2, 70_000)));
    }

    [Theory]
    [InlineData("ehealthhub/06/node-1/0a1b2c3d/2026H2", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("/a", false)]
    [InlineData("a//b", false)]
    [InlineData("a/../b", false)]
    [InlineData("a+b", false)]
    [InlineData("a b", false)]
    [InlineData("a\\b", false)]
    public void Only_an_origin_that_is_safe_as_a_folder_name_is_one(string origin, bool isOne)
    {
        Assert.Equal(isOne, LogFolder.IsOrigin(origin));
        if (isOne)
        {
            Assert.Equal(origin, LogFolder.OriginOf(LogFolder.NameOf(origin)));
        }
    }
}
