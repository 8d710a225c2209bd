using System.Diagnostics;
using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Problems;

/// <summary>The one place where refusals become HTTP: problem details of RFC 9457 with a stable code.</summary>
public static class ProblemTable
{
    /// <summary>The status of each kind of refusal.</summary>
    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => StatusCodes.Status400BadRequest,
        RefusalKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => throw new UnreachableException($"No status for {kind}."),
    };

    /// <summary>Answers a request with refusals; the first decides the status.</summary>
    public static Task WriteAsync(HttpContext context, params IReadOnlyList<Refusal> refusals)
    {
        var status = StatusOf(refusals[0].Kind);
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"fairlead\"";
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "5";
        return WriteAsync(context, status, refusals);
    }

    /// <summary>Answers a request that nothing refused with words of its own.</summary>
    internal static Task WriteAsync(HttpContext context, int status, string code, string message) =>
        WriteAsync(context, status, [new Refusal(RefusalKind.Invalid, code, message)]);

    private static async Task WriteAsync(HttpContext context, int status, IReadOnlyList<Refusal> refusals)
    {
        var first = refusals[0];
        var problem = new Problem
        {
            Type = $"urn:fairlead:problem:{first.Code}",
            Title = first.Code.Replace('_', ' '),
            Status = status,
            Detail = first.Message,
            Instance = context.Request.Path.ToUriComponent(),
            Code = first.Code,
            Field = first.Field,
            Present = first.Present is null ? null : JsonSerializer.SerializeToElement(first.Present),
            Errors = [.. refusals.Select(each => new ProblemError(each.Code, each.Message, each.Field))],
        };

        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(
            problem, ApiJson.Lenient, "application/problem+json", context.RequestAborted);
    }
}
