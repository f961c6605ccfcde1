using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Verify;

/// <summary>One version: opened, its chain followed, its facts made again from its body.</summary>
internal sealed class ResourceChecks(VerifiedGenerations generations, NationalTokens national, RecordSealer sealer, Opener opener, ContentChecks contents, Findings findings)
{
    private const string Table = "version";

    private static readonly FhirLimits Limits = new() { BytesMax = Compression.ContentMax };

    /// <summary>The facts of a sound version; null for an unsound one, with the finding told.</summary>
    public OpenedFacts? Check(DataKey key, CompartmentInfo compartment, VersionRow row, string? submitter, VersionRow? before)
    {
        if (submitter is null)
        {
            return Unsound(row, "The submitter is not there.");
        }

        if (row.Version != (before?.Version ?? 0) + 1)
        {
            return Unsound(row, FormattableString.Invariant($"The version before it is missing; {before?.Version ?? 0} is there."));
        }

        if (!row.Previous.AsSpan().SequenceEqual(before?.Hash ?? []))
        {
            return Unsound(row, "It does not follow from the version before it.");
        }

        if (!RecordSealer.HashOf(row.Body).AsSpan().SequenceEqual(row.Hash))
        {
            return Unsound(row, "The hash is not that of the body.");
        }

        if (generations.Writing(row.FactsGeneration) is not { } search)
        {
            return Unsound(row, FormattableString.Invariant($"The facts are of generation {row.FactsGeneration}, which is not there."));
        }

        var facts = opener.Facts(key, compartment, row, submitter);
        var body = sealer.OpenBody(key, opener.Binding(compartment.Handle, compartment.Patient, row, submitter), facts.Facts.Type, facts.Facts.Id, national.Resource(facts.Facts.Type, facts.Facts.Id), row.Previous, row.Body, out var beside);
        if (body is null)
        {
            return Unsound(row, "The body does not open.");
        }

        if (beside is not null)
        {
            contents.Check(compartment, row, beside);
        }

        return FromBody(compartment, row, submitter, facts, body, search) is { } expected && expected.AsSpan().SequenceEqual(Opener.Encode(facts.Facts, facts.LinkedPatients))
            ? facts
            : Unsound(row, "The facts are not those of the body.");
    }

    private byte[]? FromBody(CompartmentInfo compartment, VersionRow row, string submitter, OpenedFacts opened, byte[] body, SearchSettings search)
    {
        var (time, patient) = (Microseconds.ToTime(row.Time), compartment.Kind == CompartmentKind.Patient ? compartment.Name : null);
        if (row.Deleted)
        {
            var none = new SearchFacts { Type = opened.Facts.Type, Id = opened.Facts.Id, Version = row.Version, LastUpdated = time, Submitter = submitter, PatientId = patient, Values = [] };
            return body.Length == 0 ? Opener.Encode(none, []) : null;
        }

        if (!FhirReader.Read(body, Limits).Try(out var resource, out _))
        {
            return null;
        }

        using (resource)
        {
            return resource.Type != opened.Facts.Type || resource.Id != opened.Facts.Id
                ? null
                : Opener.Encode(SearchFacts.Extract(resource, opened.Facts.Id, row.Version, time, submitter, patient, null, search), opened.LinkedPatients);
        }
    }

    private OpenedFacts? Unsound(VersionRow row, string problem)
    {
        findings.Add(Table, problem, row.Key, row.Slot, row.Version);
        return null;
    }
}
