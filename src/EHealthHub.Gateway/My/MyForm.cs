using System.Text;
using EHealthHub.Exchange.Search;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.My;

/// <summary>The fields of a posted form, bounded.</summary>
internal sealed class MyForm
{
    private const int FieldsMax = 200;
    private const int TextMax = 4_000;

    private readonly List<KeyValuePair<string, string>> _fields;

    private MyForm(List<KeyValuePair<string, string>> fields) => _fields = fields;

    /// <summary>A field, without blanks at its ends; empty where it is missing.</summary>
    public string this[string name] => _fields.FirstOrDefault(f => f.Key == name).Value?.Trim() ?? "";

    /// <summary>Every value of a field with several.</summary>
    public IEnumerable<string> All(string name) => _fields.Where(f => f.Key == name).Select(f => f.Value);

    /// <summary>Null for what is no form or beyond its bounds.</summary>
    public static async ValueTask<MyForm?> Read(HttpContext http)
    {
        if (!(http.Request.ContentType ?? "").StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        using var body = await BodyReader.Read(http, GatewayBounds.FormBytesMax).ConfigureAwait(false);
        var fields = body is null ? null : QueryText.Parse(Encoding.UTF8.GetString(body.Bytes.Span));
        return fields is null || fields.Count > FieldsMax || fields.Exists(f => f.Value.Length > TextMax || f.Value.Any(c => char.IsControl(c) && c is not ('\r' or '\n' or '\t'))) ? null : new MyForm(fields);
    }
}
