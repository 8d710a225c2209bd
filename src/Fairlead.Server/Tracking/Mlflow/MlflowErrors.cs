using System.Diagnostics;
using System.Text.Json;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Fairlead.Server.Storage.S3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>
/// The form in which the protocol tells errors. Its clients repeat 408, 429 and 5xx for minutes, so a caller's mistake
/// is never told by one of these.
/// </summary>
internal static class MlflowErrors
{
    private static readonly string[] Prefixes =
    [
        "/api/2.0/mlflow", "/ajax-api/2.0/mlflow", "/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts",
        "/api/3.0/mlflow", "/ajax-api/3.0/mlflow", "/get-artifact",
    ];

    /// <summary>Says whether a request is one of the protocol's.</summary>
    public static bool Speaks(HttpRequest request) =>
        Array.Exists(Prefixes, prefix => request.Path.StartsWithSegments(prefix, StringComparison.Ordinal));

    /// <summary>Answers a refusal.</summary>
    public static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var (status, code) = Of(refusal);
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"fairlead\"";
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "5";
        return WriteAsync(context, status, code, refusal.Message);
    }

    /// <summary>Answers a request that something ended badly.</summary>
    public static Task WriteAsync(HttpContext context, Exception failure, ILogger log)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.ToUriComponent());
        switch (failure)
        {
            case RefusalException refusal:
                return WriteAsync(context, refusal.Refusals[0]);
            case BadHttpRequestException bad:
                return WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_PARAMETER_VALUE", bad.Message);
            case ArtifactTooLargeException large:
                return WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_PARAMETER_VALUE", large.Message);
            case var _ when Database.IsTooLong(failure):
                return WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_PARAMETER_VALUE",
                    "A key or name is too long for the database's index; make it shorter.");
            case BucketException bucket:
                log.StorageFailed(method, path, bucket.Message);
                return WriteAsync(
                    context, new Refusal(RefusalKind.Unavailable, "artifacts_unavailable", bucket.ForCallers));
            case var _ when Database.IsUnreachable(failure):
                log.StorageFailed(method, path, failure.Message);
                return WriteAsync(context, new Refusal(RefusalKind.Unavailable, "storage_unavailable",
                    "The database cannot be reached at the moment; try this again later."));
            case IOException io:
                log.StorageFailed(method, path, io.Message);
                return WriteAsync(context, new Refusal(RefusalKind.Unavailable, "storage_unavailable",
                    "The artifact storage failed; the server's log says how. Try again later."));
            default:
                var trace = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
                log.Unexpected(failure, method, path, trace);
                return WriteAsync(context, StatusCodes.Status500InternalServerError, "INTERNAL_ERROR",
                    $"An unexpected failure; the server's log has it under trace {trace}.");
        }
    }

    /// <summary>For answers that routing gave by a bare status.</summary>
    public static Task DescribeAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound =>
            WriteAsync(context, 404, "ENDPOINT_NOT_FOUND", "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => WriteAsync(context, 405, "BAD_REQUEST",
            $"This address does not take {context.Request.Method}."),
        var status => WriteAsync(context, status, "BAD_REQUEST", "The request cannot be answered."),
    };

    private static (int Status, string Code) Of(Refusal refusal) => (refusal.Kind, refusal.Code) switch
    {
        (RefusalKind.Conflict, var code) when code.EndsWith("_exists", StringComparison.Ordinal) =>
            (400, "RESOURCE_ALREADY_EXISTS"),
        (RefusalKind.Conflict, _) => (409, "RESOURCE_CONFLICT"),
        (RefusalKind.TooLarge, _) => (400, "INVALID_PARAMETER_VALUE"),
        (RefusalKind.NotFound, _) => (404, "RESOURCE_DOES_NOT_EXIST"),
        (RefusalKind.Unauthenticated, _) => (401, "UNAUTHENTICATED"),
        (RefusalKind.Forbidden, _) => (403, "PERMISSION_DENIED"),
        (RefusalKind.Unavailable, "not_implemented") => (501, "NOT_IMPLEMENTED"),
        (RefusalKind.Unavailable, _) => (503, "TEMPORARILY_UNAVAILABLE"),
        _ => (ProblemTable.StatusOf(refusal.Kind), "INVALID_PARAMETER_VALUE"),
    };

    private static async Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("error_code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
