using System.Globalization;
using EHealthHub.Audit.Entries;
using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Pages;

/// <summary>Entries that meet a filter, newest first.</summary>
internal static class EntriesPage
{
    private static readonly string[] Columns = ["time", "kind", "outcome", "institution", "actor", "purpose", "interaction", "resource", "patients", "reason"];

    public static string Write(View view, EntryFilter filter, int total, IReadOnlyList<ShownEntry> entries) => Layout.Page(view, view.Texts["entries"], "/entries", html =>
    {
        var t = view.Texts;
        WriteFilter(html, view, filter);
        html.Write($"<p>{view.Number(total)} {t["matching"]}</p>");
        if (entries.Count == 0)
        {
            html.Write($"<p>{t["none-match"]}</p>");
            return;
        }

        html.Write($"""<div class="scroll"><table><caption>{t["page"]} {filter.Page}</caption><thead><tr>""");
        foreach (var column in Columns)
        {
            html.Write($"""<th scope="col">{t[column]}</th>""");
        }

        html.Write($"</tr></thead><tbody>");
        foreach (var entry in entries)
        {
            WriteRow(html, view, entry);
        }

        html.Write($"</tbody></table></div>");
        WritePager(html, view, filter, total);
    });

    private static void WriteRow(Html html, View view, ShownEntry shown)
    {
        var t = view.Texts;
        if (shown.Entry is not { } e)
        {
            html.Write($"""<tr><td><a href="{view.Link(shown.Address)}">{shown.Index}</a></td><td colspan="{Columns.Length - 1}" class="bad">{t["unreadable"]}</td></tr>""");
            return;
        }

        var resource = e.ResourceId.Length > 0 ? $"{e.ResourceType}/{e.ResourceId}" : e.ResourceType;
        html.Write($"""<tr><td><a href="{view.Link(shown.Address)}">{View.Time(e.Time)}</a></td><td>{t.Of(e.Kind)}</td><td>{t.Of(shown.Outcome)}</td>""");
        html.Write($"""<td>{e.Institution}</td><td>{e.Person}</td><td>{e.Purpose}</td><td>{e.Interaction}</td><td>{resource}</td><td>""");
        WritePatients(html, view, e, shownMax: 3);
        html.Write($"</td><td>{e.Reason}</td></tr>");
    }

    /// <summary>Patients as links to their entries.</summary>
    public static void WritePatients(Html html, View view, AuditEntry entry, int shownMax)
    {
        foreach (var patient in entry.Patients.Take(shownMax))
        {
            html.Write($"""<a href="{view.Link($"/entries?patient={Uri.EscapeDataString(patient)}")}">{patient}</a> """);
        }

        if (entry.Patients.Length > shownMax)
        {
            html.Write($"+{entry.Patients.Length - shownMax}");
        }
    }

    private static void WriteFilter(Html html, View view, EntryFilter filter)
    {
        var t = view.Texts;
        html.Write($"""<form action="/entries" method="get" aria-label="{t["filter"]}"><input type="hidden" name="lang" value="{Languages.Code(t.Language)}">""");
        foreach (var (name, value) in new[] { ("patient", filter.Patient), ("actor", filter.Actor), ("institution", filter.Institution), ("purpose", filter.Purpose) })
        {
            html.Write($"""<label>{t[name]}<input name="{name}" value="{value}" maxlength="{EntryFilter.ValueMax}" autocomplete="off"></label>""");
        }

        WriteChoice(html, t, "kind", Enum.GetValues<EntryKind>().Select(k => (k.ToString(), t.Of(k), k == filter.Kind)));
        WriteChoice(html, t, "outcome", Enum.GetValues<Outcome>().Select(o => (o.ToString(), t.Of(o), o == filter.Outcome)));
        html.Write($"""<label>{t["day"]}<input type="date" name="day" value="{filter.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"></label>""");
        html.Write($"""<button>{t["apply"]}</button><a href="{view.Link("/entries")}">{t["clear"]}</a></form>""");
    }

    private static void WriteChoice(Html html, Texts t, string name, IEnumerable<(string Value, string Text, bool Chosen)> choices)
    {
        html.Write($"""<label>{t[name]}<select name="{name}"><option value="">{t["any"]}</option>""");
        foreach (var (value, text, chosen) in choices)
        {
            if (chosen)
            {
                html.Write($"""<option value="{value}" selected>{text}</option>""");
            }
            else
            {
                html.Write($"""<option value="{value}">{text}</option>""");
            }
        }

        html.Write($"</select></label>");
    }

    private static void WritePager(Html html, View view, EntryFilter filter, int total)
    {
        var t = view.Texts;
        html.Write($"""<p class="pager">""");
        if (filter.Page > 1)
        {
            html.Write($"""<a rel="prev" href="{view.Link($"/entries{filter.ToQuery()}&page={filter.Page - 1}")}">{t["previous"]}</a>""");
        }

        if ((long)filter.Page * filter.Size < total)
        {
            if (filter.Page < EntryFilter.ReachMax / filter.Size)
            {
                html.Write($"""<a rel="next" href="{view.Link($"/entries{filter.ToQuery()}&page={filter.Page + 1}")}">{t["next"]}</a>""");
            }
            else
            {
                html.Write($"""<span>{t["narrow"]}</span>""");
            }
        }

        html.Write($"</p>");
    }
}
