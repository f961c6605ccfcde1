using System.Globalization;
using EHealthHub.Fhir.Search.Units;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class UcumTests
{
    [Theory]
    [InlineData("5.4", "mg", "g", "0.0054")]
    [InlineData("1", "mg/dL", "g/L", "0.01")]
    [InlineData("1", "mg/dl", "ug/mL", "10")]
    [InlineData("37", "Cel", "[degF]", "98.6")]
    [InlineData("98.6", "[degF]", "K", "310.15")]
    [InlineData("1", "[lb_av]", "g", "453.59237")]
    [InlineData("1", "[in_i]", "cm", "2.54")]
    [InlineData("6", "[ft_i]", "m", "1.8288")]
    [InlineData("120", "mm[Hg]", "kPa", "15.99864")]
    [InlineData("10", "10*3/uL", "10*9/L", "10")]
    [InlineData("10", "10^3/uL", "/nL", "10")]
    [InlineData("1", "mmol/L", "umol/mL", "1")]
    [InlineData("1", "meq/L", "mmol/L", "1")]
    [InlineData("1", "a", "d", "365.25")]
    [InlineData("1", "mo", "d", "30.4375")]
    [InlineData("2", "wk", "h", "336")]
    [InlineData("1", "kg/m2", "g/cm2", "0.1")]
    [InlineData("60", "mL/min/{1.73_m2}", "mL/s", "1")]
    [InlineData("60", "/min", "Hz", "1")]
    [InlineData("60", "{beats}/min", "/s", "1")]
    [InlineData("5", "%", "10*-2", "5")]
    [InlineData("1", "k[iU]/L", "[IU]/mL", "1")]
    [InlineData("1", "mg.kg-1.d-1", "ug/(g.d)", "1")]
    [InlineData("1", "L/min", "m3/s", "0.0000166666666666666667")]
    [InlineData("1", "U/L", "nkat/L", "16.6666666666666667")]
    [InlineData("1", "kcal", "J", "4184")]
    [InlineData("1", "[cin_i]", "mL", "16.387064")]
    [InlineData("1", "dB", "B", "0.1")]
    public void Numbers_convert(string number, string from, string to, string expected)
    {
        var (one, other) = (Ucum.Find(from), Ucum.Find(to));
        Assert.NotNull(one);
        Assert.NotNull(other);
        Assert.Equal(one.Dimension, other.Dimension);
        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), one.To(other, decimal.Parse(number, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("mg", "mL")]
    [InlineData("[pH]", "1")]
    [InlineData("[iU]", "[arb'U]")]
    [InlineData("Cel", "W")]
    [InlineData("mol/L", "g/L")]
    public void Others_do_not(string from, string to) => Assert.NotEqual(Ucum.Find(from)!.Dimension, Ucum.Find(to)!.Dimension);

    [Theory]
    [InlineData("")]
    [InlineData("xyz")]
    [InlineData("milligram")]
    [InlineData("mg//dL")]
    [InlineData("mg/")]
    [InlineData("(mg")]
    [InlineData("mg)")]
    [InlineData("mg{")]
    [InlineData("mg{a}}")]
    [InlineData("m[in_i]")]
    [InlineData("m99")]
    [InlineData("m999999999999")]
    [InlineData("0")]
    [InlineData("MG/DL")]
    [InlineData("((((((((((m))))))))))")]
    [InlineData("m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m.m")]
    public void What_is_no_unit_is_none(string text) => Assert.Null(Ucum.Find(text));

    [Fact]
    public void A_degree_per_hour_is_a_difference() => Assert.Equal(9m, Ucum.Find("Cel/h")!.To(Ucum.Find("[degF]/h")!, 5m));

    [Theory]
    [InlineData("value-quantity=5.4|http://unitsofmeasure.org|mg", "5.4", "mg", true)]
    [InlineData("value-quantity=5.4|http://unitsofmeasure.org|mg", "0.0054", "g", true)]
    [InlineData("value-quantity=5.4|http://unitsofmeasure.org|mg", "0.00544", "g", true)]
    [InlineData("value-quantity=5.4|http://unitsofmeasure.org|mg", "0.00545", "g", false)]
    [InlineData("value-quantity=5.40|http://unitsofmeasure.org|mg", "0.00544", "g", false)]
    [InlineData("value-quantity=5400||ug", "5.4", "mg", true)]
    [InlineData("value-quantity=ne5400||ug", "5.4", "mg", false)]
    [InlineData("value-quantity=gt5399||ug", "5.4", "mg", true)]
    [InlineData("value-quantity=ge5400||ug", "5.4", "mg", true)]
    [InlineData("value-quantity=gt5400||ug", "5.4", "mg", false)]
    [InlineData("value-quantity=ap6000||ug", "5.4", "mg", true)]
    [InlineData("value-quantity=ap6001||ug", "5.4", "mg", false)]
    [InlineData("value-quantity=98.6|http://unitsofmeasure.org|[degF]", "37", "Cel", true)]
    [InlineData("value-quantity=ge98.6|http://unitsofmeasure.org|[degF]", "37.0", "Cel", true)]
    [InlineData("value-quantity=5.4||mL", "5.4", "mg", false)]
    [InlineData("value-quantity=5.4|urn:other|mg", "0.0054", "g", false)]
    [InlineData("value-quantity=1e9|http://unitsofmeasure.org|Ym", "1", "ym", false)]
    [InlineData("value-quantity=lt1e9|http://unitsofmeasure.org|Ym", "1", "ym", true)]
    public void A_quantity_is_found_in_whatever_unit_of_UCUM_it_was_written(string query, string number, string unit, bool expected) => Assert.Equal(expected, Ask.Finds("Observation", query, $$"""
        {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":{{number}},"unit":"as told","system":"http://unitsofmeasure.org","code":"{{unit}}"} }
        """));

    [Fact]
    public void A_unit_that_is_none_of_UCUM_stays_as_written()
    {
        const string Tablets = """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":2,"unit":"tablet"}}""";
        Assert.True(Ask.Finds("Observation", "value-quantity=2||tablet", Tablets));
        Assert.False(Ask.Finds("Observation", "value-quantity=2||mg", Tablets));
        Assert.False(Ask.Finds("Observation", "value-quantity=2000||mg", """{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":2,"unit":"g"}}"""));
    }
}
