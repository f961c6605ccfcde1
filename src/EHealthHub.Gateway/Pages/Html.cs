using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace EHealthHub.Gateway.Pages;

/// <summary>
/// A page as it grows. What stands in the source goes out as it is; whatever is filled in is encoded, always: there is no way to write a variable text raw.
/// </summary>
internal sealed class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new(8 * 1024);

    /// <summary>Writes an interpolated string; only its holes are encoded.</summary>
    public Html Write([InterpolatedStringHandlerArgument("")] ref Handler markup)
    {
        _ = markup;
        return this;
    }

    /// <summary>A name and its value in a definition list.</summary>
    public Html Row(string name, string value) => Write($"<dt>{name}</dt><dd>{value}</dd>");

    /// <summary>The page's style sheet as it is: its hash stands in the policy. Takes what was compiled in, never a variable text.</summary>
    public Html Style([ConstantExpected] string sheet)
    {
        _text.Append(sheet);
        return this;
    }

    /// <summary>The page as UTF-8.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Takes the pieces of an interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Handler
    {
        private readonly StringBuilder _text;

        public Handler(int literalLength, int formattedCount, Html html)
        {
            _text = html._text;
            _text.EnsureCapacity(_text.Length + literalLength + (formattedCount * 16));
        }

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(string? value) => _text.Append(Encoder.Encode(value ?? ""));

        public void AppendFormatted(long value) => _text.Append(value.ToString(CultureInfo.InvariantCulture));
    }
}
