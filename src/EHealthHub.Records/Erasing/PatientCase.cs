namespace EHealthHub.Records.Erasing;

/// <summary>What a case about a patient is.</summary>
public enum CaseKind
{
    /// <summary>A request to erase the patient's compartment.</summary>
    Erasure = 1,

    /// <summary>A legal hold: as long as it is open nothing of the patient is erased.</summary>
    Hold = 2,
}

/// <summary>How far a case is.</summary>
public enum CaseState
{
    /// <summary>Asked for, or in force (a hold).</summary>
    Open = 0,

    /// <summary>One operator approved of it.</summary>
    Approved = 1,

    /// <summary>Two operators approved of it.</summary>
    Ready = 2,

    /// <summary>The rows are gone, the key goes next: a crash here is made good at the next start.</summary>
    Erasing = 3,

    /// <summary>Done: the key is destroyed and the write-ahead logs are folded in.</summary>
    Erased = 4,

    /// <summary>Refused, withdrawn, or lifted (a hold).</summary>
    Closed = 5,
}

/// <summary>A case about a patient, kept sealed until it is over; from then on without the patient's id.</summary>
/// <param name="Number">Its number, from 1; 0 for one that is new.</param>
/// <param name="Kind">What it is.</param>
/// <param name="State">How far it is.</param>
/// <param name="PatientId">Logical id of the patient; empty once erased.</param>
/// <param name="Details">Who asked, who approved, when and why: opaque here.</param>
public sealed record PatientCase(long Number, CaseKind Kind, CaseState State, string PatientId, ReadOnlyMemory<byte> Details);

/// <summary>How an erasure ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Versions">How many versions are gone.</param>
/// <param name="Envelopes">SHA-256 over the hashes of their envelopes, in the order of slots and versions: the audit log has each of them, and the verifier still does.</param>
public sealed record ErasureResult(ErasureStatus Status, long Versions, ReadOnlyMemory<byte> Envelopes);

/// <summary>How an attempt to erase ended.</summary>
public enum ErasureStatus
{
    /// <summary>Rows, index, chunks and key are gone.</summary>
    Erased = 1,

    /// <summary>The patient is under a legal hold; nothing was done.</summary>
    Held = 2,

    /// <summary>The hub holds no compartment of the patient; there was nothing to erase, and the case is over.</summary>
    Unknown = 3,

    /// <summary>The rows are gone; the rest waits for somebody who still reads, and is done by <see cref="PatientCases.Resume"/>.</summary>
    Pending = 4,
}
