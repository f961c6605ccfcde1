namespace EHealthHub.Fhir.Search;

/// <summary>One <c>_include</c> or <c>_revinclude</c> (R4 3.1.1.5.4).</summary>
/// <param name="SourceType">The type that bears the reference; null for any (<c>_revinclude=*</c>).</param>
/// <param name="Parameter">The reference parameter; null for all (<c>*</c>).</param>
/// <param name="TargetType">Only references to this type; null for all.</param>
/// <param name="IsReverse">True for <c>_revinclude</c>: resources that refer to a match.</param>
/// <param name="IsIterated">True for <c>:iterate</c>: it is asked of included resources too.</param>
public sealed record SearchInclude(string? SourceType, string? Parameter, string? TargetType, bool IsReverse, bool IsIterated);

/// <summary>One key of <c>_sort</c> (R4 3.1.1.5.2).</summary>
/// <param name="Parameter">Its code.</param>
/// <param name="Kind">Of its values.</param>
/// <param name="IsDescending">True with a hyphen before it.</param>
public sealed record SearchSort(string Parameter, FactKind Kind, bool IsDescending);

/// <summary>How much of each match is answered (R4 3.1.1.5.8).</summary>
public enum SearchSummary
{
    /// <summary>All of it; <c>_summary=false</c> or not asked.</summary>
    None,

    /// <summary><c>_summary=true</c>: the elements that R4 marks as summary.</summary>
    True,

    /// <summary><c>_summary=text</c>: id, meta, text and what is mandatory.</summary>
    Text,

    /// <summary><c>_summary=data</c>: all but the text.</summary>
    Data,

    /// <summary><c>_summary=count</c>: the number of matches alone.</summary>
    Count,
}
