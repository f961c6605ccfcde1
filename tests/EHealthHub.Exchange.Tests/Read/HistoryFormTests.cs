using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Tests.Read;

public class HistoryFormTests
{
    [Fact]
    public void Without_parameters_the_whole_history_is_meant()
    {
        var form = Parse("");
        Assert.Equal((HistoryForm.CountDefault, HistoryWindow.Always, null, null), (form.Count, form.Window, form.Before, form.Cursor));
        Assert.Empty(form.Used);
    }

    [Fact]
    public void Since_is_an_instant_and_at_a_stretch_of_time()
    {
        Assert.Equal(new HistoryWindow(Micro(9), long.MaxValue, false), Parse("_since=2026-11-24T09:00:00Z").Window);
        Assert.Equal(Parse("_since=2026-11-24T09:00:00Z").Window, Parse("_since=2026-11-24T12:00:00%2B03:00").Window);
        Assert.Equal(new HistoryWindow(Micro(9), Micro(9) + 999_999, true), Parse("_at=2026-11-24T09:00:00Z").Window);
        var day = Parse("_at=2026-11-24").Window;
        Assert.Equal((24L * 3_600 * 1_000_000) - 1, day.To - day.From);
    }

    [Fact]
    public void Continuations_are_no_part_of_what_was_asked()
    {
        var form = Parse("_count=900&_cursor=abc&_format=json&_since=");
        Assert.Equal((HistoryForm.CountMax, "abc"), (form.Count, form.Cursor));
        Assert.Equal(["_count", "_format"], form.Used.Select(u => u.Key));
        Assert.Equal(7, Parse("_before=7").Before);
    }

    [Theory]
    [InlineData("_since=2026-11-24")]
    [InlineData("_since=2026-11-24T09:00:00")]
    [InlineData("_since=2026-11-24T09:00Z")]
    [InlineData("_since=gt2026-11-24T09:00:00Z")]
    [InlineData("_at=ge2026")]
    [InlineData("_at=2026,2027")]
    [InlineData("_at=20")]
    [InlineData("_at=2026&_at=2027")]
    [InlineData("_since=2026-11-24T09:00:00Z&_at=2026")]
    [InlineData("_count=0")]
    [InlineData("_count=-1")]
    [InlineData("_count=1&_count=1")]
    [InlineData("_before=x")]
    [InlineData("_list=1")]
    [InlineData("name=kaya")]
    public void What_cannot_be_served_is_named(string query)
    {
        Assert.False(HistoryForm.Parse(QueryText.Parse(query)).Try(out _, out var failure));
        Assert.Equal((400, "parameter-invalid"), (failure.Status, failure.Issues[0].Code));
    }

    private static HistoryForm Parse(string query)
    {
        Assert.True(HistoryForm.Parse(QueryText.Parse(query)).Try(out var form, out var failure), failure?.Issues[0].Diagnostics);
        return form;
    }

    private static long Micro(int hour) => new DateTimeOffset(2026, 11, 24, hour, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000;
}
