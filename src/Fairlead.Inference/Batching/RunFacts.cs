using System.Runtime.InteropServices;

namespace Fairlead.Inference.Batching;

/// <summary>What is told of a run to each of its callers.</summary>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="BatchRows">Rows of all that ran together.</param>
/// <param name="LeadsBatch">True for the one caller under whom the run itself is counted.</param>
/// <param name="ProcessorTime">The caller's share of the processor time.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RunFacts(long FinishedAt, int BatchRows, bool LeadsBatch, TimeSpan ProcessorTime)
{
    public void CopyTo(RunItem item)
    {
        item.FinishedAt = FinishedAt;
        item.BatchRows = BatchRows;
        item.LeadsBatch = LeadsBatch;
        item.ProcessorTime = ProcessorTime;
    }
}
