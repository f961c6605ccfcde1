using EHealthHub.Exchange.AuditEvents;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Exchange.Tests.AuditEvents;

public sealed class EventIdsTests
{
    private static readonly EventPlace Place = new(EventIds.LogOf(SampleEntries.Origin), 123_456_789, 3);

    [Fact]
    public void An_id_leads_back_to_its_entry_and_patient_and_is_always_the_same()
    {
        using var key = new DataKey(new byte[DataKey.Size], 1);
        using var ids = new EventIds(key);
        using var elsewhere = new EventIds(key);
        var id = ids.Write(Place);
        Assert.Equal(60, id.Length);
        Assert.True(elsewhere.TryRead(id, out var read));
        Assert.Equal(Place, read);
        Assert.Equal(id, elsewhere.Write(Place));
    }

    [Fact]
    public void Ids_of_neighbours_have_nothing_in_common()
    {
        using var key = new DataKey(new byte[DataKey.Size], 1);
        using var ids = new EventIds(key);
        var (one, next) = (ids.Write(Place), ids.Write(Place with { Index = Place.Index + 1 }));
        Assert.True(one.Zip(next).Count(pair => pair.First == pair.Second) < 20);
        Assert.NotEqual(one, ids.Write(Place with { Ordinal = 4 }));
    }

    [Fact]
    public void Nobody_makes_up_an_id()
    {
        using var key = new DataKey(new byte[DataKey.Size], 1);
        using var ids = new EventIds(key);
        var id = ids.Write(Place);
        for (var i = 0; i < id.Length; i++)
        {
            Assert.False(ids.TryRead($"{id[..i]}{(id[i] == '0' ? '1' : '0')}{id[(i + 1)..]}", out _));
        }

        using var other = new EventIds(DataKey.Create(1));
        Assert.False(other.TryRead(id, out _));
        foreach (var text in (string[])["", "42", id[1..], id + "0", id.ToUpperInvariant(), new string('g', 60)])
        {
            Assert.False(ids.TryRead(text, out _));
        }
    }
}
