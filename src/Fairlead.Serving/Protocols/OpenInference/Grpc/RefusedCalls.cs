using System.Globalization;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>
/// Counts the calls that no door counted. The framework reads messages before it asks the service: one that is too
/// large, broken or oddly compressed ends there, and only the status of the call tells of it.
/// </summary>
internal static class RefusedCalls
{
    private const string StatusTrailer = "grpc-status";

    private static readonly object Counted = new();

    /// <summary>Looks at the end of every call of a service.</summary>
    public static IEndpointConventionBuilder Count(IEndpointConventionBuilder service, RefusalMeter refusals)
    {
        service.Add(endpoint =>
        {
            var call = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = async context =>
            {
                await call(context).ConfigureAwait(false);
                refusals.Count(Door.OpenInferenceGrpc, ReasonOf(context));
            };
        });
        return service;
    }

    /// <summary>For calls that came to the pipeline, which counts them itself.</summary>
    public static void CountedAlready(HttpContext context) => context.Items[typeof(RefusedCalls)] = Counted;

    private static PredictFailure ReasonOf(HttpContext context)
    {
        if (Trailer(context, StatusTrailer) is not { } status || status == "0"
            || context.Items.ContainsKey(typeof(RefusedCalls)))
        {
            return PredictFailure.None;
        }

        return FailureTable.TryParse(Trailer(context, InferFailure.CodeTrailer), out var failure)
            ? failure
            : OfTheFramework((StatusCode)int.Parse(status, CultureInfo.InvariantCulture));
    }

    /// <summary>What the framework means by a status that it gives of its own accord.</summary>
    private static PredictFailure OfTheFramework(StatusCode status) => status switch
    {
        StatusCode.ResourceExhausted => PredictFailure.TooLarge,
        StatusCode.Unimplemented => PredictFailure.Unsupported,
        StatusCode.Internal or StatusCode.InvalidArgument => PredictFailure.Malformed,
        StatusCode.Unknown => PredictFailure.Internal,

        // A deadline and a caller who went away are told of the request that they ended, on its variant.
        _ => PredictFailure.None,
    };

    /// <summary>A call that ends before any answer has its trailers among the headers.</summary>
    private static string? Trailer(HttpContext context, string name)
    {
        if (context.Features.Get<IHttpResponseTrailersFeature>() is { } feature
            && feature.Trailers.TryGetValue(name, out var trailer))
        {
            return trailer;
        }

        return context.Response.Headers.TryGetValue(name, out var header) ? (string?)header : null;
    }
}
