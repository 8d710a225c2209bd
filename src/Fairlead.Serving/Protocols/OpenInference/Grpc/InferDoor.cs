using System.Globalization;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Access;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>What came of one request.</summary>
/// <param name="Answer">Null for a failure.</param>
/// <param name="Failure">How it failed.</param>
/// <param name="Detail">What was wrong, for the caller.</param>
/// <param name="SchemaFaults">How an answered request breaks the endpoint's schema; null: it does not.</param>
internal readonly record struct InferOutcome(
    ModelInferResponse? Answer, PredictFailure Failure, string Detail, string? SchemaFaults);

/// <summary>Who sends a request, and until when the answer is wanted.</summary>
internal sealed record InferCaller(
    Principal Principal, IHeaderDictionary Metadata, DateTime Deadline, CancellationToken Aborted);

/// <summary>Takes one ModelInferRequest through the pipeline, whether it came alone or in a stream.</summary>
internal sealed class InferDoor(
    PredictPipeline pipeline, CallPool calls, RoutingTable routing, RequestLimits limits, TimeProvider time)
{
    private const int KeptCodecs = 256;
    private const string TimeoutParameter = "timeout";

    /// <summary>Longer than any endpoint's own limit, so that larger wishes mean the same.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    private readonly Pool<InferCodec> _codecs =
        new(KeptCodecs, () => new InferCodec(limits), static codec => codec.End());

    /// <summary>Answers one request; never throws for what the caller did.</summary>
    public async ValueTask<InferOutcome> AnswerAsync(ModelInferRequest request, InferCaller caller)
    {
        var call = calls.Rent();
        var codec = _codecs.Rent();
        try
        {
            codec.Begin(request, caller.Metadata);
            call.Begin(request.ModelName, caller.Principal, codec, time.GetTimestamp(), caller.Aborted);
            call.Door = Door.OpenInferenceGrpc;
            if (ReadEnvelope(request, caller, call))
                await pipeline.PredictAsync(call).ConfigureAwait(false);
            pipeline.Close(call, Door.OpenInferenceGrpc);
            return new InferOutcome(codec.Answer, call.Failure, call.FailureDetail, call.SchemaFaults);
        }
        finally
        {
            _codecs.Return(codec);
            calls.Return(call);
        }
    }

    private bool ReadEnvelope(ModelInferRequest request, InferCaller caller, PredictCall call)
    {
        if (request.ModelVersion.Length > 0)
        {
            if (!TryReadVersion(request.ModelVersion, out var version))
            {
                routing.Find(request.ModelName)?.CountUnknownVersion();
                call.Fail(PredictFailure.UnknownVersion,
                    $"Request for unknown model: {InferFailure.Quoted(request.ModelName)} version "
                    + $"{InferFailure.Quoted(request.ModelVersion)} is not found; versions are numbered from 1.");
                return false;
            }

            call.PinnedVersion = version;
        }

        if (!TryReadTimeout(request, out var timeout))
        {
            call.Fail(PredictFailure.InvalidInput,
                $"The parameter '{TimeoutParameter}' is not a whole number of microseconds.");
            return false;
        }

        call.CallerTimeout = Earlier(timeout, caller.Deadline);
        return true;
    }

    /// <summary>Reads a version's number; 0 is none, although it has the form of one.</summary>
    internal static bool TryReadVersion(string text, out int version) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version > 0;

    private TimeSpan? Earlier(TimeSpan? timeout, DateTime deadline)
    {
        if (deadline == DateTime.MaxValue)
            return timeout;

        var left = deadline - time.GetUtcNow().UtcDateTime;
        if (left < TimeSpan.Zero)
            left = TimeSpan.Zero;
        return timeout < left ? timeout : left;
    }

    /// <summary>
    /// Clients write the timeout as a number of either sign or, through some gateways, as text; 0 is none.
    /// </summary>
    private static bool TryReadTimeout(ModelInferRequest request, out TimeSpan? timeout)
    {
        timeout = null;
        if (!request.Parameters.TryGetValue(TimeoutParameter, out var parameter))
            return true;

        ulong microseconds;
        switch (parameter.ParameterChoiceCase)
        {
            case InferParameter.ParameterChoiceOneofCase.Uint64Param:
                microseconds = parameter.Uint64Param;
                break;
            case InferParameter.ParameterChoiceOneofCase.Int64Param when parameter.Int64Param >= 0:
                microseconds = (ulong)parameter.Int64Param;
                break;
            case InferParameter.ParameterChoiceOneofCase.StringParam when ulong.TryParse(
                parameter.StringParam, NumberStyles.None, CultureInfo.InvariantCulture, out microseconds):
                break;
            default:
                return false;
        }

        if (microseconds > 0)
        {
            timeout = microseconds >= (ulong)LongestTimeout.TotalMicroseconds
                ? LongestTimeout
                : TimeSpan.FromMicroseconds((double)microseconds);
        }

        return true;
    }
}
