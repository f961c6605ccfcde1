using System.Text;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

public class NarrativeTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("<p>a<br/>b &amp; c&nbsp;&#231;&#xE7; &lt;</p>")]
    [InlineData("<table border='1'><tbody><tr><td colspan=\"2\">a</td></tr></tbody></table>")]
    [InlineData("<a href=\"https://example.org/?a=1&amp;b=2\">x</a><a href='#top' name='top'>y</a><a href='Patient/1'>z</a>")]
    [InlineData("<img src='data:image/png;base64,QUJD' alt='x'/><img src=\"#pic\"/>")]
    [InlineData("<p style='color: red; background: url(data:image/png;base64,QUJD)'>x</p>")]
    [InlineData("<!-- a comment --><p>x</p>")]
    [InlineData("<span xml:lang='tr' lang='tr'>ığüşöç</span>")]
    public void Basic_formatting_is_let_through(string inner) => Assert.Null(Check(inner));

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<SCRIPT>x</SCRIPT>")]
    [InlineData("<p onclick='x()'>x</p>")]
    [InlineData("<form action='x'>x</form>")]
    [InlineData("<input value='x'/>")]
    [InlineData("<iframe src='x'>x</iframe>")]
    [InlineData("<object data='x'>x</object>")]
    [InlineData("<link href='x'/>x")]
    [InlineData("<style>p {}</style>x")]
    [InlineData("<svg>x</svg>")]
    [InlineData("<a href='javascript:alert(1)'>x</a>")]
    [InlineData("<a href='JaVaScRiPt:alert(1)'>x</a>")]
    [InlineData("<a href=' javascript:alert(1)'>x</a>")]
    [InlineData("<a href='java\tscript:alert(1)'>x</a>")]
    [InlineData("<a href='&#106;avascript:alert(1)'>x</a>")]
    [InlineData("<a href='data:text/html,x'>x</a>")]
    [InlineData("<a href='vbscript:x'>x</a>")]
    [InlineData("<img src='javascript:x'/>")]
    [InlineData("<img src='data:image/svg+xml,x'/>")]
    [InlineData("<p src='x'>x</p>")]
    [InlineData("<p href='x'>x</p>")]
    [InlineData("<p style='background: url(http://tracker.example/x.png)'>x</p>")]
    [InlineData("<p style='background: URL(//tracker.example/x.png)'>x</p>")]
    [InlineData("<p style='background: u\\72l(x)'>x</p>")]
    [InlineData("<p style='width: expression(alert(1))'>x</p>")]
    [InlineData("<p style='&#117;rl(http://x)'>x</p>")]
    [InlineData("<p style='behavior: x'>x</p>")]
    [InlineData("<p xmlns='http://www.w3.org/2000/svg'>x</p>")]
    [InlineData("<p xmlns:x='urn:y'>x</p>")]
    public void What_could_run_load_or_ask_is_refused(string inner) => Assert.Equal("narrative-unsafe", Check(inner));

    [Theory]
    [InlineData("<p>x")]
    [InlineData("<p>x</b>")]
    [InlineData("<p>x</p></div><div>y")]
    [InlineData("<p a>x</p>")]
    [InlineData("<p class=x>x</p>")]
    [InlineData("<p class='x>x</p>")]
    [InlineData("<p class='a'id='b'>x</p>")]
    [InlineData("< p>x</p>")]
    [InlineData("a & b")]
    [InlineData("&unknown;")]
    [InlineData("&#xZZ;")]
    [InlineData("<![CDATA[x]]>")]
    [InlineData("<?php x ?>")]
    [InlineData("<!DOCTYPE x>")]
    [InlineData("<!-- -- >")]
    [InlineData("<p title='<'>x</p>")]
    [InlineData("<p class='a' class='b'>x</p>")]
    [InlineData("<p xml:space='x'>x</p>")]
    public void What_is_not_well_formed_is_refused(string inner) => Assert.StartsWith("narrative-", Check(inner), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "narrative-malformed")]
    [InlineData("text", "narrative-malformed")]
    [InlineData("<p>x</p>", "narrative-malformed")]
    [InlineData("<div>x</div>", "narrative-malformed")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'/>", "txt-2")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'> \n<p></p><!-- x --></div>", "txt-2")]
    [InlineData("<divx xmlns='http://www.w3.org/1999/xhtml'>x</divx>", "narrative-unsafe")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'>x</div>x", "narrative-malformed")]
    public void A_narrative_is_one_div_with_something_to_see(string text, string code) => Assert.Equal(code, NarrativeCheck.Run(Encoding.UTF8.GetBytes(text))?.Code);

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
    {
        Assert.Equal("narrative-malformed", Check(string.Concat(Enumerable.Repeat("<p>", 100_000))));
        Assert.Null(Check(string.Concat(Enumerable.Repeat("<p>", 90)) + "x" + string.Concat(Enumerable.Repeat("</p>", 90))));
    }

    [Fact]
    public void Mutated_narratives_are_judged_without_an_exception()
    {
        var mutator = new Mutator(11);
        var body = Encoding.UTF8.GetBytes("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p style='a: b' class=\"c\">x &amp; y<!-- z --></p><a href='https://x/'>l</a><img src='#i'/></div>");
        for (var i = 0; i < 20_000; i++)
        {
            NarrativeCheck.Run(mutator.Mutate(body));
        }
    }

    private static string? Check(string inner) => NarrativeCheck.Run(Encoding.UTF8.GetBytes($"<div xmlns=\"http://www.w3.org/1999/xhtml\">{inner}</div>"))?.Code;
}
