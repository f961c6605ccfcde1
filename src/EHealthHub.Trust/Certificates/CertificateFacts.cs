using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Clinicians;

namespace EHealthHub.Trust.Certificates;

/// <summary>What a certificate says about itself, read once. Nothing of it is proven until the chain is.</summary>
internal sealed record CertificateFacts
{
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsageExtension = "2.5.29.15";
    private const string ExtendedKeyUsage = "2.5.29.37";
    private const string SerialNumberAttribute = "2.5.4.5";

    // RFC 5280 sets no bound; real certificates have about ten, and their policies a handful.
    private const int ExtensionsMax = 32;
    private const int PoliciesMax = 32;

    internal bool IsAuthority { get; private set; }

    /// <summary>None where the extension is missing.</summary>
    internal X509KeyUsageFlags KeyUsage { get; private set; }

    /// <summary>Default where the extension is missing, which is another thing than empty.</summary>
    internal ImmutableArray<string> ExtendedUsages { get; private set; }

    internal ImmutableArray<string> Policies { get; private set; } = [];

    /// <summary>The national id in the subject; null where there is none, or where the subject names two serial numbers.</summary>
    internal string? NationalId { get; private init; }

    /// <summary>Null for a certificate that cannot be read, repeats an extension (RFC 5280, 4.2), or has too many.</summary>
    internal static CertificateFacts? Read(X509Certificate2 certificate)
    {
        try
        {
            if (certificate.Extensions.Count > ExtensionsMax)
            {
                return null;
            }

            var facts = new CertificateFacts { NationalId = ReadNationalId(certificate.SubjectName.RawData) };
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var extension in certificate.Extensions)
            {
                if (!seen.Add(extension.Oid!.Value!))
                {
                    return null;
                }

                facts.Take(extension);
            }

            return facts;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return null;
        }
    }

    private void Take(X509Extension extension)
    {
        switch (extension.Oid!.Value)
        {
            case BasicConstraints:
                IsAuthority = new X509BasicConstraintsExtension(extension, extension.Critical).CertificateAuthority;
                break;
            case KeyUsageExtension:
                KeyUsage = new X509KeyUsageExtension(extension, extension.Critical).KeyUsages;
                break;
            case ExtendedKeyUsage:
                ExtendedUsages = [.. new X509EnhancedKeyUsageExtension(extension, extension.Critical).EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value!)];
                break;
            case CertificateOids.CertificatePolicies:
                Policies = ReadPolicies(extension.RawData);
                break;
        }
    }

    private static ImmutableArray<string> ReadPolicies(byte[] extension)
    {
        var policies = ImmutableArray.CreateBuilder<string>();
        var sequence = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData && policies.Count < PoliciesMax)
        {
            policies.Add(sequence.ReadSequence().ReadObjectIdentifier());
        }

        return policies.ToImmutable();
    }

    private static string? ReadNationalId(byte[] subject)
    {
        string? serialNumber = null;
        var name = new AsnReader(subject, AsnEncodingRules.DER).ReadSequence();
        while (name.HasData)
        {
            var set = name.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                if (attribute.ReadObjectIdentifier() != SerialNumberAttribute)
                {
                    continue;
                }

                if (serialNumber is not null)
                {
                    return null;
                }

                serialNumber = ReadText(attribute);
            }
        }

        return serialNumber is null ? null : Clinicians.NationalId.FromSerialNumber(serialNumber);
    }

    private static string ReadText(AsnReader attribute)
    {
        var tag = attribute.PeekTag();
        return tag.HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.PrintableString)) ? attribute.ReadCharacterString(UniversalTagNumber.PrintableString)
            : tag.HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.UTF8String)) ? attribute.ReadCharacterString(UniversalTagNumber.UTF8String)
            : "";
    }
}
