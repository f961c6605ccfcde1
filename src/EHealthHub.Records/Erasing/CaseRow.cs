namespace EHealthHub.Records.Erasing;

/// <summary>A row of the table of cases.</summary>
/// <param name="Number">Number of the case.</param>
/// <param name="Kind"><see cref="CaseKind"/>.</param>
/// <param name="State"><see cref="CaseState"/>.</param>
/// <param name="Handle">Handle of the patient's compartment.</param>
/// <param name="Compartment">Number of the compartment that was erased; 0 before.</param>
/// <param name="CompartmentKey">Its key.</param>
/// <param name="Hashes">Hashes of the versions that were erased, 32 bytes each.</param>
/// <param name="Details">The patient's id and the details, sealed.</param>
/// <param name="Mac">MAC over all of it.</param>
internal sealed record CaseRow(long Number, int Kind, int State, UInt128 Handle, long Compartment, long CompartmentKey, byte[] Hashes, byte[] Details, byte[] Mac)
{
    /// <summary>The columns, for reading.</summary>
    public const string Columns = "number, kind, state, handle, compartment, compartment_key, hashes, details, mac";

    /// <summary>True for one whose versions are gone.</summary>
    public bool IsErased => Kind == (int)CaseKind.Erasure && State is (int)CaseState.Erasing or (int)CaseState.Erased;
}
