using System.Diagnostics;
using Fairlead.Core.Access;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Predictions;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Shadow;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Serving.Predict;

/// <summary>
/// The way of a request, the same behind every protocol:
/// <code>
/// door ─▶ (1) allow ─▶ (2) route ─▶ (3) admit ─▶ (4) materialise ─▶ (5) batch and run ─▶ (6) encode ─▶ (7) record ─▶
/// door </code>
/// A step that fails names one <see cref="PredictFailure"/> and the rest is skipped but for the record: whatever
/// happens, the request is counted on the variant that answered or would have answered.
/// </summary>
public sealed class PredictPipeline(
    RoutingTable routing, KeyRates rates, IPredictionKeys keys, RequestRandomness randomness,
    ServingInstruments instruments, TimeProvider time, ShadowRunner? shadows = null)
{
    /// <summary>What a caller is told while the process does not know its endpoints yet.</summary>
    internal const string StartingText = "This replica is starting and has not read its endpoints yet; ask again.";

    /// <summary>Takes a call whose envelope is filled in to its end; never throws.</summary>
    public ValueTask<PredictFailure> PredictAsync(PredictCall call)
    {
        var activity = ServingTrace.Start(call);
        return activity is null ? WalkAsync(call) : WalkTracedAsync(call, activity);
    }

    /// <summary>
    /// Ends a call at its door: one that no variant was charged with is counted there. Every door calls it once.
    /// </summary>
    public void Close(PredictCall call, Door door)
    {
        if (call.Variant is null)
            instruments.Refusals.Count(door, call.Failure);
    }

    private async ValueTask<PredictFailure> WalkTracedAsync(PredictCall call, Activity activity)
    {
        using (activity)
        {
            var outcome = await WalkAsync(call).ConfigureAwait(false);
            ServingTrace.Finish(activity, call, time);
            return outcome;
        }
    }

    private async ValueTask<PredictFailure> WalkAsync(PredictCall call)
    {
        try
        {
            // Step 1: allow. The door has found out who is calling; here is what that caller may ask, and how often.
            if (Allow(call) != PredictFailure.None)
                return call.Failure;

            // Steps 2 and 3: route and admit, together because a variant that is going sends back to routing.
            if (!RouteAndAdmit(call))
                return call.Failure;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Record(call, Classify(call, e));
        }

        try
        {
            // Step 4: materialise, and hold what came to the endpoint's schema, where it has one.
            var rows = Materialise(call);
            if (call.Serving!.Schemas is not null)
                HoldToSchema(call, rows);

            // Step 5: batch and run. A bare model has no stages before or behind it; an arm without a model answers
            // from its declaration, with no queue and no processor to wait for.
            call.Outputs = TensorSet.Rent(call.Variant!.Signature.Outputs.Length);
            if (call.Variant.Control is { } control)
            {
                control.Write(call.Inputs!, rows, call.Outputs);
                call.Variant.Meter.Answered(rows);
            }
            else
            {
                call.Run.Prepare(call.Inputs!, call.Outputs, rows, Deadline(call), call.Aborted);
                await call.Variant.Queue!.RunAsync(call.Run).ConfigureAwait(false);
            }

            // Step 6: encode, into memory, so that a failure here can still become an error instead of half an answer.
            var encoding = time.GetTimestamp();
            Identify(call);
            call.Codec.WriteAnswer(call, call.Body);
            call.Variant.Meter.Encode.Record(time.GetElapsedTime(encoding));

            // Step 7: record, and let candidates in the shadow see what they would have answered.
            Record(call, PredictFailure.None);
            shadows?.TryCopy(call);
            return PredictFailure.None;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            call.Body.Clear();
            return Record(call, Classify(call, e));
        }
        finally
        {
            call.Variant!.Bulkhead.Leave();
        }
    }

    private PredictFailure Allow(PredictCall call)
    {
        if (!AccessPolicy.Allows(call.Principal, new Demand(Role.Predictor, call.EndpointName)))
            return call.Fail(PredictFailure.Forbidden,
                $"The key '{call.Principal.Name}' may not ask the endpoint '{call.EndpointName}'.");
        if (!rates.TryTake(call.Principal))
        {
            return call.Fail(PredictFailure.RateLimited,
                $"The key '{call.Principal.Name}' may ask {call.Principal.RequestsPerSecond:0.##} times a second.");
        }

        return PredictFailure.None;
    }

    private bool RouteAndAdmit(PredictCall call)
    {
        call.Endpoint = routing.Find(call.EndpointName);
        if (call.Endpoint is null)
        {
            if (routing.KnowsEndpoints)
                call.Fail(
                    PredictFailure.UnknownEndpoint, $"Request for unknown model: '{call.EndpointName}' is not found");
            else
                call.Fail(PredictFailure.NotReady, StartingText);
            return false;
        }

        while (true)
        {
            call.Serving = call.Endpoint.Serving;
            if (call.Serving is null)
            {
                call.Fail(PredictFailure.NotReady, $"The endpoint '{call.EndpointName}' has no version loaded yet.");
                return false;
            }

            call.Variant = Choose(call, call.Endpoint, call.Serving);
            if (call.Variant is null)
                return false;

            switch (call.Variant.Bulkhead.TryEnter())
            {
                case Admission.Admitted:
                    return true;
                case Admission.Full:
                    Record(call, call.Fail(PredictFailure.Overloaded,
                        $"The variant '{call.Variant.Name}' of '{call.EndpointName}' has "
                            + $"{call.Variant.Bulkhead.Capacity} requests running or waiting; try again later."));
                    return false;
                default:
                    // The routing was swapped between the look at it and the knock; the new one is there already.
                    continue;
            }
        }
    }

    private VariantState? Choose(PredictCall call, EndpointState endpoint, EndpointServing serving)
    {
        if (call.PinnedVersion != 0)
            return ChoosePinned(call, endpoint, serving);

        var unit = serving.Route.Spec.Unit;
        if (unit.Source == Core.Endpoints.UnitSource.Request)
            return Assigned(call, serving, randomness.Next());

        // Noted before the codec is asked: a request that it cannot read is counted on stable.
        call.Variant = serving.Stable;
        if (call.Codec.TryReadUnit(unit, out var hash))
            return Assigned(call, serving, hash);

        // A request without a unit must not be drawn at random: it would change arms from call to call.
        endpoint.CountWithoutUnit();
        return serving.Stable;
    }

    private static VariantState Assigned(PredictCall call, EndpointServing serving, ulong unitHash)
    {
        call.Assign(unitHash);
        return serving.Variants[serving.Route.Assign(unitHash)];
    }

    private static VariantState? ChoosePinned(PredictCall call, EndpointState endpoint, EndpointServing serving)
    {
        foreach (var variant in serving.Variants)
        {
            if (variant.Version?.Number == call.PinnedVersion)
                return variant;
        }

        endpoint.CountUnknownVersion();
        call.Fail(PredictFailure.UnknownVersion,
            $"Request for unknown model: '{call.EndpointName}' version {call.PinnedVersion} is not found; it serves "
            + $"{string.Join(", ", serving.Versions.Select(variant => variant.VersionText).Distinct())}.");
        return null;
    }

    private static int Materialise(PredictCall call)
    {
        var signature = call.Variant!.RequestSignature;
        var inputs = TensorSet.Rent(signature.Inputs.Length);
        try
        {
            call.Codec.ReadInputs(signature, inputs);
        }
        catch
        {
            // Tensors that were read in part are nobody's request: facts must not look into them.
            inputs.Dispose();
            throw;
        }

        call.Inputs = inputs;
        return InputRules.Check(signature, inputs);
    }

    private static void HoldToSchema(PredictCall call, int rows)
    {
        if (call.Serving!.SchemaOf(call.Variant!) is not { } schema
            || schema.Check(call.Inputs!, rows) is not { } broken)
        {
            return;
        }

        if (schema.Mode == SchemaMode.Reject)
        {
            call.Refused = broken;
            throw new RequestException(PredictFailure.SchemaBroken, broken.Sentence());
        }

        if (schema.Mode == SchemaMode.Warn)
            call.SchemaFaults = broken.Header();
    }

    private long Deadline(PredictCall call)
    {
        var limit = call.Serving!.Route.Spec.Limits.Timeout;
        if (call.CallerTimeout is { } wanted && wanted < limit)
            limit = wanted;
        return call.ArrivedAt + (long)(limit.TotalSeconds * time.TimestampFrequency);
    }

    private void Identify(PredictCall call)
    {
        var key = keys.Current;
        var route = call.Serving!.Route;
        var id = new PredictionId(
            key.Id,
            route.EndpointNumber,
            route.Generation,
            call.Variant!.ArmNumber,
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            randomness.Next());
        call.SetPredictionId(id, key.Secret.Span);
    }

    private PredictFailure Record(PredictCall call, PredictFailure outcome)
    {
        if (call.Variant is not { } variant)
            return outcome;

        var meter = variant.Meter;
        meter.Outcome(outcome);
        var total = time.GetElapsedTime(call.ArrivedAt);
        meter.Total.Record(total);
        instruments.Record(call, total);
        call.Serving?.Facts?.Record(call, outcome, total);
        if (call.Serving is { Route.Spec.Windows: true })
        {
            variant.Windows.Record(
                call, outcome, total, RunOfARow(call), time, call.Serving.HiddenOf(variant));
        }

        call.Serving?.Log?.Record(call, outcome, total);
        if (call.HasRun && call.Run.FinishedAt != 0)
        {
            meter.Queue.Record(time.GetElapsedTime(call.Run.EnqueuedAt, call.Run.StartedAt));
            meter.Compute.Record(time.GetElapsedTime(call.Run.StartedAt, call.Run.FinishedAt));
            meter.Ran(call.Run);
        }

        return outcome;
    }

    private TimeSpan RunOfARow(PredictCall call) => call.HasRun && call.Run.FinishedAt != 0
        ? time.GetElapsedTime(call.Run.StartedAt, call.Run.FinishedAt) / Math.Max(1, call.Run.BatchRows)
        : TimeSpan.Zero;

    /// <summary>Turns whatever a step threw into one failure with a sentence for the caller.</summary>
    private static PredictFailure Classify(PredictCall call, Exception exception) => exception switch
    {
        RequestException fault => call.Fail(fault.Failure, fault.Message),
        OperationCanceledException when call.Outputs is not null && call.Run.Stopped == StopCause.Deadline =>
            call.Fail(PredictFailure.DeadlineExceeded, "The deadline passed before the answer was there."),
        OperationCanceledException when call.Run.Stopped == StopCause.None && !call.Aborted.IsCancellationRequested =>
            call.Fail(PredictFailure.ModelFailed, "The model gave up by itself."),
        OperationCanceledException => call.Fail(PredictFailure.CallerGone, "The caller went away."),
        ModelRunException { CallersFault: true } run => call.Fail(PredictFailure.InvalidInput, run.Message),
        ModelRunException run => call.Fail(PredictFailure.ModelFailed, run.Message),
        _ => call.Fail(PredictFailure.Internal, $"The server failed: {exception.GetType().Name}."),
    };
}
