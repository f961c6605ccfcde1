using System.Globalization;

// Small rights and wrongs, so that every check over binaries is seen to fail. Nothing here runs.
namespace EHealthHub.Architecture.Tests.Fixtures.Writing
{
    internal static class Writer
    {
        public static int Write(string text) => text.Length;
    }
}

namespace EHealthHub.Architecture.Tests.Fixtures.Between
{
    internal static class Helper
    {
        public static readonly Func<string, int> Help = text =>
        {
            if (text.Length == 0)
            {
                return 0;
            }

            return Writing.Writer.Write(text);
        };
    }
}

namespace EHealthHub.Architecture.Tests.Fixtures.Checking
{
    internal static class Checker
    {
        public static IEnumerable<int> Check(IEnumerable<string> texts)
        {
            foreach (var text in texts)
            {
                yield return Between.Helper.Help(text);
            }
        }
    }
}

namespace EHealthHub.Architecture.Tests.Fixtures.Alone
{
    internal static class Loner
    {
        public static string Say(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}

namespace EHealthHub.Architecture.Tests.Fixtures.Records
{
    public sealed record OpenedThing(string Content);

    public sealed class ReceiptThing;

    public sealed class StoreOfThings
    {
        public ValueTask<IReadOnlyList<OpenedThing>> ReadWithout(string id) => new([new OpenedThing(id + this)]);

        public ValueTask<IReadOnlyList<OpenedThing>> ReadWith(string id, ReceiptThing receipt) => new([new OpenedThing(id + this + receipt)]);

        internal OpenedThing ReadInside() => new("" + this);
    }
}
