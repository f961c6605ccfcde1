using System.Collections.Immutable;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace EHealthHub.Auditor.SignIn;

/// <summary>Keys of sessions, forgotten with the process.</summary>
internal sealed class KeysOfThisProcess : IXmlRepository
{
    private ImmutableList<XElement> _elements = [];

    public IReadOnlyCollection<XElement> GetAllElements() => _elements;

    public void StoreElement(XElement element, string friendlyName) => ImmutableInterlocked.Update(ref _elements, elements => elements.Add(element));
}
