using System.Collections.Immutable;
using System.Formats.Asn1;

namespace EHealthHub.Trust.Revocation;

/// <summary>What a responder says of one certificate (RFC 6960, 2.2).</summary>
internal enum OcspStatus
{
    /// <summary>Not revoked.</summary>
    Good = 1,

    /// <summary>Revoked, for good or for a time.</summary>
    Revoked = 2,

    /// <summary>The authority does not know the certificate: never issued, or forged.</summary>
    Unknown = 3,
}

/// <summary>One certificate's status within a response, of the asked authority.</summary>
internal readonly record struct OcspSingle(SerialNumber Serial, OcspStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate);

/// <summary>
/// An OCSP response as it came, read and not yet believed (RFC 6960, 4.2.1). Read with the framework's reader, which goes no deeper than it is told: these bytes come from a network unproven. <see cref="OcspExamination"/> decides whether they count.
/// </summary>
internal sealed class OcspResponse
{
    private const string BasicResponse = "1.3.6.1.5.5.7.48.1.1";
    private const int SinglesMax = 64;
    private const int CertificatesMax = 8;

    private static readonly Asn1Tag Zero = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag One = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag Two = new(TagClass.ContextSpecific, 2, isConstructed: true);

    private OcspResponse(SignedDer body) => Body = body;

    internal SignedDer Body { get; }

    /// <summary>Certificates handed along, encoded; none of them proven.</summary>
    internal ImmutableArray<ReadOnlyMemory<byte>> Certificates { get; private set; } = [];

    /// <summary>Subject of the signer, encoded; null where it is named by its key.</summary>
    internal ReadOnlyMemory<byte>? ResponderName { get; private set; }

    /// <summary>SHA-1 of the signer's key; null where it is named by its subject.</summary>
    internal byte[]? ResponderKey { get; private set; }

    internal DateTimeOffset ProducedAt { get; private set; }

    internal ImmutableArray<OcspSingle> Singles { get; private set; } = [];

    internal byte[]? Nonce { get; private set; }

    /// <summary>Reads what a responder sent; null with a fault for people for anything but a successful basic response. Throws <see cref="AsnContentException"/> for what is not DER of that form.</summary>
    internal static OcspResponse? Read(ReadOnlyMemory<byte> bytes, OcspAuthority authority, out string fault)
    {
        var top = new AsnReader(bytes, AsnEncodingRules.DER);
        var outer = top.ReadSequence();
        top.ThrowIfNotEmpty();
        var status = outer.ReadEnumeratedBytes().Span;
        if (status is not [0])
        {
            fault = "the responder refused to answer: " + NameOf(status);
            return null;
        }

        var typed = outer.ReadSequence(Zero).ReadSequence();
        if (typed.ReadObjectIdentifier() != BasicResponse)
        {
            fault = "an answer of a kind that is not understood";
            return null;
        }

        var basic = new AsnReader(typed.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
        var response = new OcspResponse(SignedDer.Read(basic));
        if (basic.HasData)
        {
            response.Certificates = ReadCertificates(basic.ReadSequence(Zero).ReadSequence());
        }

        fault = response.ReadData(new AsnReader(response.Body.Signed, AsnEncodingRules.DER).ReadSequence(), authority);
        return fault.Length == 0 ? response : null;
    }

    private static string NameOf(ReadOnlySpan<byte> status) => status is [var code]
        ? code switch { 1 => "malformedRequest", 2 => "internalError", 3 => "tryLater", 5 => "sigRequired", 6 => "unauthorized", _ => "of an unknown kind" }
        : "of an unknown kind";

    private static ImmutableArray<ReadOnlyMemory<byte>> ReadCertificates(AsnReader sequence)
    {
        var certificates = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        while (sequence.HasData && certificates.Count < CertificatesMax)
        {
            certificates.Add(sequence.ReadEncodedValue());
        }

        return certificates.ToImmutable();
    }

    private string ReadData(AsnReader data, OcspAuthority authority)
    {
        if (data.PeekTag() == Zero && (!data.ReadSequence(Zero).TryReadInt32(out var version) || version != 0))
        {
            return "an answer of another version";
        }

        if (data.PeekTag() == One)
        {
            ResponderName = data.ReadSequence(One).ReadEncodedValue();
        }
        else
        {
            ResponderKey = data.ReadSequence(Two).ReadOctetString();
        }

        ProducedAt = data.ReadGeneralizedTime();
        var responses = data.ReadSequence();
        var singles = ImmutableArray.CreateBuilder<OcspSingle>();
        for (var count = 0; responses.HasData; count++)
        {
            if (count == SinglesMax || !ReadSingle(responses.ReadSequence(), authority, singles))
            {
                return "an answer about too many certificates, or with a critical extension that is not understood";
            }
        }

        Singles = singles.ToImmutable();
        return data.HasData && !ReadExtensions(data.ReadSequence(One)) ? "a critical extension that is not understood" : "";
    }

    /// <summary>False for a critical extension. What is said of another authority's certificates is left out.</summary>
    private static bool ReadSingle(AsnReader single, OcspAuthority authority, ImmutableArray<OcspSingle>.Builder singles)
    {
        var isOurs = authority.IsOurs(single.ReadSequence(), out var serial);
        var tag = single.PeekTag();
        single.ReadEncodedValue();
        if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue > 2)
        {
            throw new AsnContentException("A status is good, revoked or unknown.");
        }

        var status = tag.TagValue switch { 0 => OcspStatus.Good, 1 => OcspStatus.Revoked, _ => OcspStatus.Unknown };
        DateTimeOffset thisUpdate = single.ReadGeneralizedTime();
        DateTimeOffset? nextUpdate = single.HasData && single.PeekTag() == Zero ? single.ReadSequence(Zero).ReadGeneralizedTime() : null;
        if (isOurs)
        {
            singles.Add(new OcspSingle(serial, status, thisUpdate, nextUpdate));
        }

        return !single.HasData || !HasCritical(single.ReadSequence(One).ReadSequence());
    }

    private bool ReadExtensions(AsnReader wrapper)
    {
        var extensions = wrapper.ReadSequence();
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            var critical = extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean();
            if (oid == OcspQuestion.NonceExtension)
            {
                Nonce = new AsnReader(extension.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
            }
            else if (critical)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasCritical(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            extension.ReadObjectIdentifier();
            if (extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean())
            {
                return true;
            }
        }

        return false;
    }
}
