using System.Diagnostics;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Telemetry;

/// <summary>
/// The traces of the data plane: one span a prediction, below the span of the protocol, which carries on the caller's
/// W3C trace context. While nobody listens a span costs one look at a list.
/// </summary>
public static class ServingTrace
{
    /// <summary>The name under which listeners subscribe.</summary>
    public const string SourceName = "Fairlead.Serving";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Start(PredictCall call)
    {
        var activity = Source.StartActivity("predict");
        activity?.SetTag("fairlead.endpoint", call.EndpointName);
        return activity;
    }

    internal static void Finish(Activity activity, PredictCall call, TimeProvider time)
    {
        if (call.Variant is { } variant)
        {
            activity.SetTag("fairlead.variant", variant.Name.ToString());
            activity.SetTag("fairlead.model", variant.ModelText);
            activity.SetTag("fairlead.version", variant.Version is { } version ? version.Number : variant.VersionText);
            activity.SetTag("fairlead.generation", call.Serving?.Route.Generation);
        }

        if (call.HasRun)
        {
            activity.SetTag("fairlead.queue_ms",
                time.GetElapsedTime(call.Run.EnqueuedAt, call.Run.StartedAt).TotalMilliseconds);
            activity.SetTag("fairlead.batch_rows", call.Run.BatchRows);
        }

        if (call.HasRun && call.Run.FinishedAt != 0)
            activity.SetTag("fairlead.compute_ms",
                time.GetElapsedTime(call.Run.StartedAt, call.Run.FinishedAt).TotalMilliseconds);
        if (call.Failure == PredictFailure.None)
        {
            activity.SetTag("fairlead.prediction_id", call.PredictionIdText());
            return;
        }

        activity.SetTag("fairlead.failure", call.Failure.Code());
        activity.SetStatus(ActivityStatusCode.Error, call.FailureDetail);
    }
}
