using System.Diagnostics;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Storage;
using Fairlead.Server.Storage.S3;
using Fairlead.Server.Tracking.Mlflow;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Problems;

/// <summary>
/// Turns whatever ends a request of our own API badly into a problem document, and one of MLflow's protocol into the
/// form of that. The other protocols have their own forms and their own doors.
/// </summary>
internal sealed class ProblemMiddleware(
    RequestDelegate next, RefusalMeter refusals, ILogger<ProblemMiddleware> log)
{
    private const string Prefix = "/api/v1";

    public async Task InvokeAsync(HttpContext context)
    {
        var isMlflow = MlflowErrors.Speaks(context.Request);
        if (!isMlflow && !context.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await (isMlflow ? MlflowErrors.DescribeAsync(context) : DescribeAsync(context));
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            else if (isMlflow)
                await MlflowErrors.WriteAsync(context, failure, log);
            else
                await AnswerAsync(context, failure);
            if (context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge)
                refusals.Count(Door.Api, PredictFailure.TooLarge);
        }
    }

    private Task AnswerAsync(HttpContext context, Exception failure)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.ToUriComponent());
        switch (failure)
        {
            case RefusalException refusal:
                return ProblemTable.WriteAsync(context, refusal.Refusals);
            case BadHttpRequestException bad:
                return ProblemTable.WriteAsync(context, bad.StatusCode,
                    bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body_too_large" : "invalid_request",
                    bad.Message);
            case ArtifactTooLargeException large:
                return ProblemTable.WriteAsync(
                    context, new Refusal(RefusalKind.TooLarge, "artifact_too_large", large.Message));
            case BucketException bucket:
                log.StorageFailed(method, path, bucket.Message);
                return ProblemTable.WriteAsync(
                    context, new Refusal(RefusalKind.Unavailable, "artifacts_unavailable", bucket.ForCallers));
            case var _ when Database.IsUnreachable(failure):
                log.StorageFailed(method, path, failure.Message);
                return ProblemTable.WriteAsync(context, new Refusal(RefusalKind.Unavailable, "storage_unavailable",
                    "The database cannot be reached at the moment. Predictions go on; try this again later."));
            case IOException io:
                log.StorageFailed(method, path, io.Message);
                return ProblemTable.WriteAsync(context, new Refusal(RefusalKind.Unavailable, "storage_unavailable",
                    "The artifact storage failed; the server's log says how. Try again later."));
            default:
                var trace = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
                log.Unexpected(failure, method, path, trace);
                return ProblemTable.WriteAsync(context, StatusCodes.Status500InternalServerError, "internal",
                    $"An unexpected failure; the server's log has it under trace {trace}.");
        }
    }

    /// <summary>For answers that routing gave by a bare status.</summary>
    private static Task DescribeAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound =>
            ProblemTable.WriteAsync(context, 404, "no_route", "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed =>
            ProblemTable.WriteAsync(context, 405, "method_not_allowed",
                $"This address does not take {context.Request.Method}."),
        StatusCodes.Status415UnsupportedMediaType =>
            ProblemTable.WriteAsync(context, 415, "unsupported_media_type",
                "The body must be JSON, sent with 'Content-Type: application/json'."),
        var status => ProblemTable.WriteAsync(context, status, "invalid_request", "The request cannot be answered."),
    };
}
