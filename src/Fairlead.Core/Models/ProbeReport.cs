namespace Fairlead.Core.Models;

/// <summary>
/// What a child process found out about a version before any server loads it. It is stored with the version.
/// </summary>
/// <param name="Signature">What the model takes and gives, as read from the model itself.</param>
/// <param name="ResidentBytes">Growth of the child's resident memory by loading and warming the model.</param>
/// <param name="LoadMilliseconds">Time from opening the file to the end of the first run.</param>
public sealed record ProbeReport(Signature Signature, long ResidentBytes, double LoadMilliseconds)
{
    /// <summary>
    /// True when the first dimension of every input and output varies together and answers of several rows at once were
    /// found equal to the answers of each row alone: order, shape and ownership exactly, values within 1e-5 relative.
    /// </summary>
    public bool Batchable { get; init; }

    /// <summary>Why the version is not <see cref="Batchable"/>, in a sentence; null when it is.</summary>
    public string? NotBatchableBecause { get; init; }
}
