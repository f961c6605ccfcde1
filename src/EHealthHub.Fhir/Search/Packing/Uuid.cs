using System.Globalization;

namespace EHealthHub.Fhir.Search.Packing;

/// <summary>UUIDs in the one text form that is packed into 16 bytes: 36 characters, lower case.</summary>
internal static class Uuid
{
    internal const int Length = 36;
    internal const int Bytes = 16;

    internal static bool TryParse(ReadOnlySpan<char> text, out UInt128 uuid)
    {
        uuid = 0;
        if (text.Length != Length)
        {
            return false;
        }

        for (var i = 0; i < Length; i++)
        {
            var c = text[i];
            if (i is 8 or 13 or 18 or 23)
            {
                if (c != '-')
                {
                    return false;
                }

                continue;
            }

            if (c is not (>= '0' and <= '9' or >= 'a' and <= 'f'))
            {
                return false;
            }

            uuid = (uuid << 4) | (uint)(c <= '9' ? c - '0' : c - 'a' + 10);
        }

        return true;
    }

    internal static string Text(UInt128 uuid)
    {
        var hex = uuid.ToString("x32", CultureInfo.InvariantCulture).AsSpan();
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }
}
