namespace EHealthHub.Fhir.Search.Units;

/// <summary>A number beyond what a decimal holds: mantissa times a power of ten, some 27 digits. Amounts of substance are 10²³ and more.</summary>
internal readonly record struct Scaled
{
    private const int DigitsMax = 18;

    private Scaled(decimal mantissa, int exponent)
    {
        Mantissa = mantissa;
        Exponent = exponent;
    }

    internal static Scaled One { get; } = Of(1);

    /// <summary>0, or at least 1 and below 10, or the same below 0.</summary>
    internal decimal Mantissa { get; }

    internal int Exponent { get; }

    internal static Scaled Of(decimal number, int exponent = 0)
    {
        if (number == 0)
        {
            return default;
        }

        for (; Math.Abs(number) >= 10; exponent++)
        {
            number /= 10;
        }

        for (; Math.Abs(number) < 1; exponent--)
        {
            number *= 10;
        }

        return new Scaled(number, exponent);
    }

    public static Scaled operator *(Scaled one, Scaled other) => Of(one.Mantissa * other.Mantissa, one.Exponent + other.Exponent);

    public static Scaled operator /(Scaled one, Scaled other) => Of(one.Mantissa / other.Mantissa, one.Exponent - other.Exponent);

    internal Scaled Power(int exponent)
    {
        var power = One;
        for (var i = Math.Abs(exponent); i > 0; i--)
        {
            power *= this;
        }

        return exponent < 0 ? One / power : power;
    }

    /// <summary>The number to 18 digits, so that what came by a division meets what was written; at the ends of a decimal's range the end.</summary>
    internal decimal ToDecimal()
    {
        var number = Math.Round(Mantissa, DigitsMax - 1, MidpointRounding.AwayFromZero);
        if (Exponent > 27)
        {
            return number == 0 ? 0 : number > 0 ? decimal.MaxValue : decimal.MinValue;
        }

        for (var i = Exponent; i > 0; i--)
        {
            number *= 10;
        }

        for (var i = Exponent; i < 0 && number != 0; i++)
        {
            number /= 10;
        }

        return number;
    }
}
