using System.Globalization;
using System.Text;

namespace EHealthHub.Fhir.Patching;

/// <summary>Reads a <see cref="PatchPath"/>, character by character and without recursion into itself but for the equation of a where.</summary>
internal ref struct PatchPathParser(ReadOnlySpan<char> text)
{
    private const int StepsMax = 64;
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>The steps up to the end of the text; null when it is no path.</summary>
    public List<PatchStep>? Path()
    {
        var steps = Steps(isOperand: false);
        Spaces();
        return _at == _text.Length ? steps : null;
    }

    private List<PatchStep>? Steps(bool isOperand)
    {
        var steps = new List<PatchStep>();
        Spaces();
        if (isOperand && Take("$this"))
        {
            if (!Take("."))
            {
                return steps;
            }
        }

        do
        {
            if (steps.Count >= StepsMax || !Step(steps, isOperand))
            {
                return null;
            }

            while (Take("["))
            {
                Spaces();
                var digits = Run(char.IsAsciiDigit);
                Spaces();
                if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || !Take("]"))
                {
                    return null;
                }

                steps.Add(new PatchStep(PatchStepKind.At, Index: index));
            }
        }
        while (Take("."));

        return steps;
    }

    private bool Step(List<PatchStep> steps, bool isOperand)
    {
        var isQuoted = Take("`");
        var name = Run(static c => char.IsAsciiLetterOrDigit(c) || c == '_').ToString();
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || (isQuoted && !Take("`")))
        {
            return false;
        }

        if (isQuoted || !Take("("))
        {
            steps.Add(new PatchStep(PatchStepKind.Name, name));
            return true;
        }

        Spaces();
        switch (name)
        {
            case "first":
                steps.Add(new PatchStep(PatchStepKind.At));
                break;
            case "last":
                steps.Add(new PatchStep(PatchStepKind.At, Index: -1));
                break;
            case "ofType" or "as":
                _ = Take("FHIR.");
                steps.Add(new PatchStep(PatchStepKind.OfType, Run(char.IsAsciiLetterOrDigit).ToString()));
                break;
            case "extension" when String() is { } url:
                steps.Add(new PatchStep(PatchStepKind.Name, "extension"));
                steps.Add(new PatchStep(PatchStepKind.Where, Operand: [new PatchStep(PatchStepKind.Name, "url")], Value: url, IsString: true));
                break;
            case "where" when !isOperand && Equations(steps):
                break;
            default:
                return false;
        }

        Spaces();
        return Take(")");
    }

    private bool Equations(List<PatchStep> steps)
    {
        do
        {
            var operand = Steps(isOperand: true);
            Spaces();
            if (operand is null || !Take("="))
            {
                return false;
            }

            Spaces();
            var quoted = String();
            var value = quoted ?? Run(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+' or ':' or '@').ToString();
            if (quoted is null && (value.Length == 0 || (char.IsAsciiLetter(value[0]) && value is not ("true" or "false"))))
            {
                return false;
            }

            // A date is written @2026-11-24, a time @T10:00.
            var isDate = value.StartsWith('@') && quoted is null;
            steps.Add(new PatchStep(PatchStepKind.Where, Operand: operand, Value: isDate ? value[1..].TrimStart('T') : value, IsString: quoted is not null || isDate));
            Spaces();
        }
        while (steps.Count < StepsMax && Take("and "));

        return true;
    }

    /// <summary>A string in single quotes with FHIRPath's escapes; null when there is none here.</summary>
    private string? String()
    {
        if (!Take("'"))
        {
            return null;
        }

        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] != '\'')
        {
            if (_text[_at] != '\\')
            {
                value.Append(_text[_at++]);
                continue;
            }

            if (_at + 1 >= _text.Length)
            {
                return null;
            }

            var escape = _text[_at + 1];
            _at += 2;
            if (escape == 'u')
            {
                if (_at + 4 > _text.Length || !ushort.TryParse(_text.Slice(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
                {
                    return null;
                }

                value.Append((char)unit);
                _at += 4;
                continue;
            }

            var known = "'\\`\"/nrtf".IndexOf(escape, StringComparison.Ordinal);
            if (known < 0)
            {
                return null;
            }

            value.Append("'\\`\"/\n\r\t\f"[known]);
        }

        return Take("'") ? value.ToString() : null;
    }

    private ReadOnlySpan<char> Run(Func<char, bool> isMeant)
    {
        var from = _at;
        while (_at < _text.Length && isMeant(_text[_at]))
        {
            _at++;
        }

        return _text[from.._at];
    }

    private bool Take(string word)
    {
        if (!_text[_at..].StartsWith(word, StringComparison.Ordinal))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private void Spaces() => Run(static c => c == ' ');
}
