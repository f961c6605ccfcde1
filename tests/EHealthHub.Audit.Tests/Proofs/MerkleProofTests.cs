using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Tests.Proofs;

public class MerkleProofTests
{
    private const int LeavesMax = 70_000;

    private static readonly byte[][] s_leaves = NaiveTree.Leaves(LeavesMax);

    public static TheoryData<int> Sizes => [0, 1, 2, 3, 4, 5, 7, 8, 9, 127, 255, 256, 257, 300, 511, 512, 513, 1_000, 65_535, 65_536, 65_537, LeavesMax];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Roots_and_tiles_are_those_of_the_naive_tree(int size)
    {
        var tiles = Tiles(size, out var tree);
        Assert.Equal(NaiveTree.Root(s_leaves.AsSpan(0, size)), tree.Root());
        Assert.Equal(tree.Root(), MerkleProof.Root(size, new TileHashes(size, tiles.GetValueOrDefault)));
        Assert.Equal(tree.Root(), TileTree.Load(size, path => tiles[path]).Root());
        foreach (var (path, hashes) in tiles)
        {
            Assert.Equal(path.Width * MerkleHash.Size, hashes.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Inclusion_proofs_are_those_of_the_naive_tree_and_hold(int size)
    {
        var tiles = Tiles(size, out var tree);
        var root = tree.Root();
        foreach (var index in Samples(size))
        {
            var proof = MerkleProof.Inclusion(index, size, new TileHashes(size, tiles.GetValueOrDefault));
            if (size <= 1_000)
            {
                Assert.Equal(NaiveTree.Path(index, s_leaves.AsSpan(0, size)), proof);
            }

            Assert.True(MerkleProof.CheckInclusion(index, size, s_leaves[index], proof, root));
            Assert.False(MerkleProof.CheckInclusion(index, size, s_leaves[index + 1 < LeavesMax ? index + 1 : 0], proof, root));
            Assert.False(MerkleProof.CheckInclusion(index, size, s_leaves[index], [.. proof, root], root));
            if (proof.Count > 0)
            {
                Assert.False(MerkleProof.CheckInclusion(index ^ 1, size, s_leaves[index], proof, root));
                Assert.False(MerkleProof.CheckInclusion(index, size, s_leaves[index], proof[1..], root));
            }
        }

        Assert.False(MerkleProof.CheckInclusion(size, size, s_leaves[0], [], root));
        Assert.False(MerkleProof.CheckInclusion(-1, size, s_leaves[0], [], root));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Consistency_proofs_are_those_of_the_naive_tree_and_hold(int size)
    {
        var tiles = Tiles(size, out var tree);
        var root = tree.Root();
        foreach (var oldSize in Samples(size).Append(size))
        {
            var oldRoot = NaiveTree.Root(s_leaves.AsSpan(0, oldSize));
            var proof = MerkleProof.Consistency(oldSize, size, new TileHashes(size, tiles.GetValueOrDefault));
            if (size <= 1_000)
            {
                Assert.Equal(NaiveTree.Proof(oldSize, s_leaves.AsSpan(0, size)), proof);
            }

            Assert.True(MerkleProof.CheckConsistency(oldSize, oldRoot, size, root, proof));
            Assert.False(MerkleProof.CheckConsistency(oldSize, NaiveTree.LeafHash([9]), size, root, proof));
            Assert.False(MerkleProof.CheckConsistency(oldSize, oldRoot, size, NaiveTree.LeafHash([9]), proof) && oldSize > 0);
            Assert.False(MerkleProof.CheckConsistency(oldSize, oldRoot, size, root, [.. proof, root]));
            Assert.False(MerkleProof.CheckConsistency(size + 1, oldRoot, size, root, proof));
        }
    }

    [Fact]
    public void Every_proof_of_every_small_tree_holds_and_holds_nowhere_else()
    {
        for (var size = 1; size <= 40; size++)
        {
            var tiles = Tiles(size, out var tree);
            var root = tree.Root();
            for (var index = 0; index < size; index++)
            {
                var proof = MerkleProof.Inclusion(index, size, new TileHashes(size, tiles.GetValueOrDefault));
                for (var other = 0; other < size; other++)
                {
                    Assert.Equal(other == index, MerkleProof.CheckInclusion(other, size, s_leaves[index], proof, root));
                }
            }
        }
    }

    private static IEnumerable<int> Samples(int size) => Enumerable.Range(0, size).Where(i => size <= 40 || i % (size / 17) == 0 || i == size - 1);

    private static Dictionary<TilePath, byte[]> Tiles(int size, out TileTree tree)
    {
        var tiles = new Dictionary<TilePath, byte[]>();
        tree = new TileTree();
        for (var i = 0; i < size; i++)
        {
            tree.Add(s_leaves[i], tiles.Add);
        }

        foreach (var (path, hashes) in tree.Partials())
        {
            tiles.Add(path, hashes);
        }

        return tiles;
    }
}
