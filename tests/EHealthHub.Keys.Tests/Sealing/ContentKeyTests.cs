using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Keys.Tests.Sealing;

public class ContentKeyTests
{
    [Fact]
    public void The_vector_of_the_format_is_derived_again()
    {
        var block = File.ReadAllText(Vector.FormatFile).Split("```content\n")[1].Split("```")[0];
        var fields = block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).ToDictionary(p => p[0].Trim(), p => p[1].Trim());
        using var key = new DataKey(Convert.FromHexString(fields["key"]), 3);
        using var content = ContentKey.Derive(key, Convert.FromHexString(fields["salt"]));
        Assert.Equal(fields["content"], Convert.ToHexStringLower(content.Bytes));
        Assert.Equal(3, content.Epoch);
    }

    [Fact]
    public void The_framework_derives_the_same_and_another_salt_or_key_gives_another()
    {
        var salt = RandomNumberGenerator.GetBytes(ContentKey.SaltSize);
        using var key = DataKey.Create(1);
        using var other = DataKey.Create(1);
        using var content = ContentKey.Derive(key, salt);
        Assert.Equal(SP800108HmacCounterKdf.DeriveBytes(key.Bytes.ToArray(), HashAlgorithmName.SHA256, "EHealthHub content"u8.ToArray(), (byte[])[1, 1, .. salt], 32), content.Bytes.ToArray());
        using var elsewhere = ContentKey.Derive(other, salt);
        using var later = ContentKey.Derive(key, [.. salt[1..], salt[0]]);
        Assert.False(elsewhere.Bytes.SequenceEqual(content.Bytes) || later.Bytes.SequenceEqual(content.Bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => ContentKey.Derive(key, salt.AsSpan(1)));
    }
}
