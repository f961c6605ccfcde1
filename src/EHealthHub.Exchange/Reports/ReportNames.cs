using EHealthHub.Trust.Institutions;

namespace EHealthHub.Exchange.Reports;

/// <summary>Names of institutions and persons as the registry has them now; their ids where it has none.</summary>
internal readonly struct ReportNames(RegistrySnapshot? registry)
{
    public string Institution(string id) => registry?.InstitutionById(id)?.Name ?? id;

    public string Person(string id) => registry?.PersonById(id)?.Name ?? id;
}
