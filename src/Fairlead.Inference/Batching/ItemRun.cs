using System.Runtime.InteropServices;
using Fairlead.Inference.Runtimes;

namespace Fairlead.Inference.Batching;

/// <summary>Takes a single request through the model, on its caller's thread.</summary>
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

        // A run that goes on elsewhere may outlive its caller's patience; nothing of the item is touched any more here.
        if (!run.IsCompleted)
            return run;

        item.FinishedAt = time.GetTimestamp();
        item.ProcessorTime = processor.Elapsed();
        return run;
    }
}
