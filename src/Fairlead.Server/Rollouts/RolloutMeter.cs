using System.Diagnostics.Metrics;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Rollouts;

/// <summary>Counts the controller's looks, since the process started.</summary>
internal sealed class RolloutMeter : IDisposable
{
    /// <summary>A look that came to its end, whatever it decided.</summary>
    public const string Done = "done";

    /// <summary>A look whose write was refused, because another process has the lease.</summary>
    public const string Fenced = "fenced";

    /// <summary>A look that failed; the next one comes.</summary>
    public const string Failed = "failed";

    private readonly Meter _meter = new(WriteGate.MeterName);
    private long _figuresFailed;

    public RolloutMeter()
    {
        Looks.Observe(_meter, "fairlead.rollout.looks", "fairlead.result", "Looks at rollouts, by how they ended");
        _meter.CreateObservableCounter("fairlead.rollout.figures_failed", () => FiguresFailed,
            description: "Looks whose figures could not be read in time");
    }

    public ReasonCounts Looks { get; } = new(Done, Fenced, Failed);

    public long FiguresFailed => Volatile.Read(ref _figuresFailed);

    public void FigureFailed() => Interlocked.Increment(ref _figuresFailed);

    public void Dispose() => _meter.Dispose();
}
