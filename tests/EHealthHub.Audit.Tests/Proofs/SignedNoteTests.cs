using System.Text;
using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Tests.Proofs;

public class SignedNoteTests
{
    // The example of C2SP signed-note.
    private const string ExampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private const string Example =
        "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    private static readonly VerifierKey s_key = new("example.com/foo", Convert.FromBase64String(ExampleKey.Split('+')[2]).AsSpan(1));

    [Fact]
    public void The_example_of_the_specification_verifies()
    {
        Assert.Equal(ExampleKey, s_key.ToString());
        Assert.True(SignedNote.Parse(Example)!.IsSignedBy(s_key));
    }

    [Fact]
    public void No_byte_of_a_note_can_be_changed()
    {
        var bytes = Encoding.UTF8.GetBytes(Example);
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = (byte[])bytes.Clone();
                changed[i] ^= (byte)(1 << bit);
                Assert.False(StrictText.FromUtf8(changed) is { } text && SignedNote.Parse(text) is { } note && note.IsSignedBy(s_key), $"bit {bit} of byte {i}");
            }
        }
    }

    [Fact]
    public void Lines_of_unknown_keys_are_passed_over_and_a_bad_line_of_a_known_key_spoils_the_note()
    {
        var witness = "\u2014 witness.example AAAAAAAA\n";
        Assert.True(SignedNote.Parse(Example + witness)!.IsSignedBy(s_key));
        var bad = $"\u2014 example.com/foo {Convert.ToBase64String([0x53, 0x0d, 0x90, 0x3a, .. new byte[64]])}\n";
        Assert.False(SignedNote.Parse(Example + bad)!.IsSignedBy(s_key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n\u2014 name\n")]
    [InlineData("text\n\n\u2014 name AAAA\n")]
    [InlineData("text\n\n\u2014 name AAAAAAAA")]
    [InlineData("text\n\n\u2014 na+me AAAAAAAA\n")]
    [InlineData("text\n\n- name AAAAAAAA\n")]
    [InlineData("te\rxt\n\n\u2014 name AAAAAAAA\n")]
    public void What_is_no_note_is_refused(string text) => Assert.Null(SignedNote.Parse(text));

    [Theory]
    [InlineData("log\n3\nAAAA\n")]
    [InlineData("log\n03\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("log\n+3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("log\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n")]
    [InlineData("log\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    public void What_is_no_checkpoint_is_refused(string body) => Assert.Null(Checkpoint.Parse(body + "\n\u2014 name AAAAAAAA\n"));

    [Fact]
    public void A_checkpoint_is_read_as_it_was_written()
    {
        var root = NaiveTree.LeafHash([1]);
        var checkpoint = Checkpoint.Parse(SignedNote.Format(Checkpoint.Body("a/b", 17, root), s_key, new byte[64]))!;
        Assert.Equal(("a/b", 17), (checkpoint.Origin, checkpoint.Size));
        Assert.Equal(root, checkpoint.Root.ToArray());
    }

    [Theory]
    [InlineData("a/b/7/0000000000000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("a/7/000000000000000000000000000000000000000000000000000000000000000A", false)]
    [InlineData("a/07/0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("7/0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("/7/0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("a/7/00", false)]
    [InlineData("", false)]
    [InlineData("///", false)]
    public void A_receipt_is_read_from_the_right(string value, bool isOne) => Assert.Equal(isOne, ReceiptText.Parse(value) is not null);
}
