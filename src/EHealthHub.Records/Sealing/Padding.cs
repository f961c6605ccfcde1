using System.Numerics;

namespace EHealthHub.Records.Sealing;

/// <summary>How long a sealed content looks: in steps of 32 bytes up to 512, then by Padme (at most 12 % more, under 7 % from 512 on), so that a length tells little.</summary>
internal static class Padding
{
    private const int Step = 32;
    private const int StepsUpTo = 512;

    /// <summary>The padded length of <paramref name="length"/> bytes; never less, and the same for all lengths of a class.</summary>
    public static int LengthFor(int length)
    {
        if (length <= StepsUpTo)
        {
            return Math.Max(Step, (length + Step - 1) / Step * Step);
        }

        var exponent = BitOperations.Log2((uint)length);
        var mantissaBits = BitOperations.Log2((uint)exponent) + 1;
        var mask = (1 << (exponent - mantissaBits)) - 1;
        return (length + mask) & ~mask;
    }
}
