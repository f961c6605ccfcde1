using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace EHealthHub.Architecture.Tests.Binaries;

/// <summary>A compiled assembly, read as a file: nothing of it runs.</summary>
internal sealed class Room : IDisposable
{
    private readonly PEReader _file;

    public Room(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        Reader = _file.GetMetadataReader();
    }

    public MetadataReader Reader { get; }

    public IEnumerable<TypeDefinitionHandle> Types => Reader.TypeDefinitions;

    public string NameOf(TypeDefinitionHandle type) => MentionedTypes.NameOf(Reader, type);

    /// <summary>Visible outside the assembly, with everything that encloses it.</summary>
    public bool IsVisible(TypeDefinitionHandle handle)
    {
        var type = Reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(type.GetDeclaringType()),
            _ => false,
        };
    }

    public bool IsCompilerGenerated(CustomAttributeHandleCollection attributes) =>
        attributes.Any(a => NamesOf(Reader.GetCustomAttribute(a).Constructor).Contains("System.Runtime.CompilerServices.CompilerGeneratedAttribute"));

    public static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    /// <summary>All types that a type, its members and its method bodies mention.</summary>
    public IEnumerable<string> MentionedBy(TypeDefinitionHandle handle)
    {
        var type = Reader.GetTypeDefinition(handle);
        IEnumerable<string> own =
        [
            .. NamesOf(type.BaseType),
            .. type.GetInterfaceImplementations().SelectMany(i => NamesOf(Reader.GetInterfaceImplementation(i).Interface)),
            .. type.GetCustomAttributes().SelectMany(a => NamesOf(Reader.GetCustomAttribute(a).Constructor)),
            .. type.GetFields().SelectMany(f => Reader.GetFieldDefinition(f).DecodeSignature(MentionedTypes.Provider, null)),
        ];
        return own.Concat(type.GetMethods().SelectMany(m => MentionedBy(Reader.GetMethodDefinition(m))));
    }

    /// <summary>Names of the types behind any token.</summary>
    public IEnumerable<string> NamesOf(EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return [];
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                return [NameOf((TypeDefinitionHandle)handle)];
            case HandleKind.TypeReference:
                return [MentionedTypes.NameOf(Reader, (TypeReferenceHandle)handle)];
            case HandleKind.TypeSpecification:
                return Reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(MentionedTypes.Provider, null);
            case HandleKind.FieldDefinition:
                return [NameOf(Reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType())];
            case HandleKind.MethodDefinition:
                var method = Reader.GetMethodDefinition((MethodDefinitionHandle)handle);
                return [NameOf(method.GetDeclaringType()), .. Mentioned(method.DecodeSignature(MentionedTypes.Provider, null))];
            case HandleKind.MethodSpecification:
                var specification = Reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                return [.. NamesOf(specification.Method), .. specification.DecodeSignature(MentionedTypes.Provider, null).SelectMany(a => a)];
            case HandleKind.MemberReference:
                var member = Reader.GetMemberReference((MemberReferenceHandle)handle);
                IEnumerable<string> signature = member.GetKind() == MemberReferenceKind.Method
                    ? Mentioned(member.DecodeMethodSignature(MentionedTypes.Provider, null))
                    : member.DecodeFieldSignature(MentionedTypes.Provider, null);
                return [.. NamesOf(member.Parent), .. signature];
            case HandleKind.StandaloneSignature:
                var standalone = Reader.GetStandaloneSignature((StandaloneSignatureHandle)handle);
                return standalone.GetKind() == StandaloneSignatureKind.LocalVariables
                    ? standalone.DecodeLocalSignature(MentionedTypes.Provider, null).SelectMany(l => l)
                    : Mentioned(standalone.DecodeMethodSignature(MentionedTypes.Provider, null));
            default:
                return [];
        }
    }

    public void Dispose() => _file.Dispose();

    private static IEnumerable<string> Mentioned(MethodSignature<ImmutableArray<string>> signature) => signature.ReturnType.Concat(signature.ParameterTypes.SelectMany(p => p));

    private IEnumerable<string> MentionedBy(MethodDefinition method)
    {
        var mentioned = Mentioned(method.DecodeSignature(MentionedTypes.Provider, null));
        if (method.RelativeVirtualAddress == 0)
        {
            return mentioned;
        }

        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        return mentioned
            .Concat(NamesOf(body.LocalSignature))
            .Concat(body.ExceptionRegions.SelectMany(r => NamesOf(r.CatchType)))
            .Concat(Instructions.Tokens(body.GetILBytes()!).SelectMany(NamesOf));
    }
}
