using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>SHA-256 over a search: every text with its length, every list with its count, so that two different searches never give the same bytes.</summary>
internal sealed class QueryDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal static byte[] Of(SearchQuery query)
    {
        using var digest = new QueryDigest();
        digest.Add(query);
        return digest._hash.GetHashAndReset();
    }

    public void Dispose() => _hash.Dispose();

    private void Add(SearchQuery query)
    {
        Add("search/2");
        Add(query.Type);
        Add(query.PatientId);
        Add(query.Count);
        List(query.Criteria, Add);
        List(query.Conditions, Add);
        List(query.Lookups, Add);
        List(query.Answers, Add);
        List(query.Texts, t =>
        {
            Add(t.IsNarrativeOnly);
            Add(t.Expression);
        });
        List(query.Sort, s =>
        {
            Add(s.Parameter);
            Add(s.IsDescending);
        });
        List(query.Includes, i =>
        {
            Add(i.SourceType);
            Add(i.Parameter);
            Add(i.TargetType);
            Add(i.IsReverse);
            Add(i.IsIterated);
        });
        Add((int)query.Contained);
        Add(query.ReturnsContained);
        Add((int)query.Summary);
        List(query.Elements, Add);
    }

    private void Add(SearchCondition condition)
    {
        Add(condition.GetType().Name);
        switch (condition)
        {
            case CriterionCondition one:
                Add(one.Criterion);
                break;
            case LookupCondition lookup:
                Add(lookup.Lookup);
                break;
            case AllOf all:
                List(all.Parts, Add);
                break;
            case AnyOf any:
                List(any.Parts, Add);
                break;
            case NotOf not:
                Add(not.Part);
                break;
            default:
                throw new InvalidOperationException($"{condition.GetType()} is no condition that is known.");
        }
    }

    private void Add(SearchLookup lookup)
    {
        Add(lookup.GetType().Name);
        switch (lookup)
        {
            case ChainLookup chain:
                Add(chain.Parameter);
                Add(chain.Query);
                break;
            case HasLookup has:
                Add(has.Parameter);
                Add(has.Query);
                break;
            case TargetsLookup targets:
                Add(targets.Parameter);
                break;
            case ListLookup list:
                Add(list.ListId);
                break;
            case ValueSetLookup set:
                Add(set.Parameter);
                Add(set.ValueSet);
                Add(set.IsNot);
                break;
            case HierarchyLookup hierarchy:
                Add(hierarchy.Parameter);
                Add(hierarchy.System);
                Add(hierarchy.Code);
                Add(hierarchy.IsAbove);
                break;
            default:
                throw new InvalidOperationException($"{lookup.GetType()} is no lookup that is known.");
        }
    }

    private void Add(LookupAnswer answer)
    {
        Add(answer.Inside is not null);
        if (answer.Inside is { } inside)
        {
            Add(inside);
        }

        List(answer.Resources, r =>
        {
            Add(r.Type);
            Add(r.Id);
        });
        List(answer.Codes, c =>
        {
            Add(c.System);
            Add(c.Code);
        });
    }

    private void Add(SearchCriterion criterion)
    {
        Add(criterion.Parameter);
        Add(criterion.Modifier);
        List(criterion.Values, Add);
    }

    private void Add(SearchValue value)
    {
        Add((int)value.Kind);
        Add(value.Prefix);
        Add(value.System);
        Add(value.Text);
        Add(value.From);
        Add(value.To);
        Add(value.Number?.ToString(CultureInfo.InvariantCulture));
        Add(value.Low?.ToString(CultureInfo.InvariantCulture));
        Add(value.High?.ToString(CultureInfo.InvariantCulture));
        List(value.Components, Add);
    }

    private void List<T>(IReadOnlyList<T> items, Action<T> add)
    {
        Add(items.Count);
        foreach (var item in items)
        {
            add(item);
        }
    }

    private void Add(string? text)
    {
        var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
        Add(text is null ? -1 : bytes.Length);
        _hash.AppendData(bytes);
    }

    private void Add(bool flag) => Add(flag ? 1 : 0);

    private void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }
}
