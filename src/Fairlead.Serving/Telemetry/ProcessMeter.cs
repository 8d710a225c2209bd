using System.Diagnostics;
using Fairlead.Inference.Runtimes;

namespace Fairlead.Serving.Telemetry;

/// <summary>The process as a whole: memory, processor time, the thread plan.</summary>
public sealed class ProcessMeter(ThreadPlan plan)
{
    public void Write(PrometheusWriter page)
    {
        using var process = Process.GetCurrentProcess();
        page.Family("process_resident_memory_bytes", "gauge", "Resident memory.");
        page.Sample("process_resident_memory_bytes", "", process.WorkingSet64);
        page.Family("process_cpu_seconds_total", "counter", "Processor time, user and system.");
        page.Sample("process_cpu_seconds_total", "", process.TotalProcessorTime.TotalSeconds);
        page.Family("process_threads", "gauge", "Threads.");
        page.Sample("process_threads", "", process.Threads.Count);
        page.Family("fairlead_managed_memory_bytes", "gauge", "Memory of the managed heap in use.");
        page.Sample("fairlead_managed_memory_bytes", "", GC.GetTotalMemory(forceFullCollection: false));
        page.Family("fairlead_allocated_bytes_total", "counter", "Managed memory taken since the start.");
        page.Sample("fairlead_allocated_bytes_total", "", GC.GetTotalAllocatedBytes());
        page.Family("fairlead_gc_collections_total", "counter", "Garbage collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            page.Sample("fairlead_gc_collections_total", $"generation=\"{generation}\"",
                GC.CollectionCount(generation));
        page.Family("fairlead_concurrent_runs_limit", "gauge", "Most model runs at once, by the thread plan.");
        page.Sample("fairlead_concurrent_runs_limit", "", plan.ConcurrentRuns);
    }
}
