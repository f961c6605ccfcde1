using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Index;

/// <summary>The tokens of a version, from its facts: computed alike when it is written and when it is verified.</summary>
internal static class TokenSets
{
    /// <summary>Tokens inside a compartment.</summary>
    public static HashSet<int> Of(CompartmentTokens tokens, SearchFacts facts, bool directory)
    {
        var set = new HashSet<int>();
        foreach (var (parameter, value) in TokenRules.Of(facts, directory))
        {
            set.Add(tokens.Of(facts.Type, parameter, value));
        }

        foreach (var contained in facts.Contained)
        {
            set.Add(tokens.Of("", TokenRules.Contained, contained.Type));
        }

        return set;
    }

    /// <summary>National tokens of its exact identifiers.</summary>
    public static HashSet<UInt128> Identifiers(NationalTokens national, SearchFacts facts)
    {
        var set = new HashSet<UInt128>();
        foreach (var fact in facts.Of("identifier"))
        {
            if (fact is { Kind: FactKind.Token, Text: { } value })
            {
                set.Add(national.Identifier(facts.Type, fact.System ?? "", value));
            }
        }

        return set;
    }
}
