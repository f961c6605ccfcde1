namespace EHealthHub.Fhir.Search.Packing;

/// <summary>The numbers of the facts format, version 2. The layout is told in FACTS.md.</summary>
internal static class FactsFormat
{
    internal const byte Version = 2;

    /// <summary>A version that is still read: the same layout, with fewer words and endings.</summary>
    internal const byte VersionBefore = 1;

    internal const byte FlagTruncated = 1;
    internal const byte FlagPatient = 2;

    /// <summary>The facts of contained resources stand behind the values.</summary>
    internal const byte FlagContained = 4;

    internal const byte KindMask = 0b0000_0111;
    internal const byte SameName = 0b0000_1000;
    internal const byte Repeated = 0b0001_0000;
    internal const byte EndingMask = 0b0110_0000;
    internal const byte EndingIdentifier = 0b0010_0000;
    internal const byte EndingText = 0b0100_0000;
    internal const byte EndingOfType = 0b0110_0000;

    /// <summary>The value belongs to one component of a composite parameter; the ending's bits tell which, from 0.</summary>
    internal const byte Part = 0b1000_0000;
    internal const int PartShift = 5;

    internal const int TagLiteral = 0;
    internal const int TagKnown = 1;
    internal const int TagEarlier = 2;
    internal const int TagUuid = 3;

    internal const int UuidPlain = 0;
    internal const int UuidUrn = 1;
    internal const string Urn = "urn:uuid:";

    /// <summary>A value may repeat the payload of one of so many values before it.</summary>
    internal const int RepeatMax = 63;

    /// <summary>A string may point back to one of so many strings before it.</summary>
    internal const int EarlierMax = 64;

    internal const byte ScaleMask = 0b0001_1111;
    internal const byte Negative = 0b0010_0000;
    internal const byte HasNumberTo = 0b0100_0000;
    internal const byte Wide = 0b1000_0000;

    internal const long Second = 1_000_000;
    internal const long Minute = 60 * Second;
    internal const long Day = 1_440 * Minute;

    /// <summary>How a range of time is written. The first form that fits is the one used.</summary>
    internal enum DateForm : byte
    {
        Unbounded = 0,
        Until = 1,
        Since = 2,
        Microsecond = 3,
        Millisecond = 4,
        Second = 5,
        Minute = 6,
        Day = 7,
        Seconds = 8,
        Microseconds = 9,
    }
}
