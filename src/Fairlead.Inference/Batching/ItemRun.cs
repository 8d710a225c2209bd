using System.Runtime.InteropServices;
using Fairlead.Inference.Runtimes;

namespace Fairlead.Inference.Batching;

/// <summary>Takes a single request through the model.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ItemRun(RunItem item)
{
    public ValueTask RunAsync(IModelRuntime runtime, RunGate gate, int place, TimeProvider time)
    {
        item.StartedAt = time.GetTimestamp();
        item.BatchRows = item.Rows;
        item.LeadsBatch = true;
        if (!item.IsWanted(item.StartedAt))
            return ValueTask.FromException(item.StopException());

        gate.Show(place, item);
        var processor = ThreadProcessorTime.Start();
        ValueTask run;
        try
        {
            run = runtime.RunAsync(item.Inputs, item.Outputs, item.Control);
        }
        catch (Exception e)
        {
            run = ValueTask.FromException(e);
        }

        if (!run.IsCompleted)
            return AwaitAsync(item, run, time);

        item.FinishedAt = time.GetTimestamp();
        item.ProcessorTime = processor.Elapsed();
        return run;
    }

    private static async ValueTask AwaitAsync(RunItem item, ValueTask run, TimeProvider time)
    {
        try
        {
            await run.ConfigureAwait(false);
        }
        finally
        {
            item.FinishedAt = time.GetTimestamp();
        }
    }
}
