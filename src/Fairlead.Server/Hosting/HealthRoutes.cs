using System.Text.Json.Serialization;
using Fairlead.Inference.Loading;
using Fairlead.Server.Access;
using Fairlead.Server.Browser;
using Fairlead.Server.Description;
using Fairlead.Server.Storage.S3;
using Fairlead.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Hosting;

/// <summary>What balancers, orchestrators and people who only want to know whether it runs ask.</summary>
internal static class HealthRoutes
{
    private static readonly Status Alive = new("alive");
    private static readonly Status Ready = new("ready");
    private static readonly Status ReadyWithoutBucket = new("ready") { Artifacts = "unreachable" };
    private static readonly Status NotReady = new("not ready");

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext context) => ConsoleRoutes.IsForConsole(context)
                ? ConsoleRoutes.AnswerAsync(context)
                : TypedResults.Ok(Alive).ExecuteAsync(context))
            .DemandsNothing().ExcludeFromDescription();
        routes.MapGet("/health/live", () => TypedResults.Ok(Alive)).DemandsNothing()
            .Described("live", "health", "The process runs");
        routes.MapGet("/health/ready", (RoutingTable table, IArtifactStore store) => table.Ready
                ? TypedResults.Ok(store is BucketArtifactStore { Bucket.Fault: not null } ? ReadyWithoutBucket : Ready)
                : (IResult)TypedResults.Json(NotReady, statusCode: StatusCodes.Status503ServiceUnavailable))
            .DemandsNothing()
            .Described("ready", "health", "Every endpoint is placed, and the server is not about to stop")
            .Answers(StatusCodes.Status200OK, typeof(Status))
            .Answers(StatusCodes.Status503ServiceUnavailable, typeof(Status));
    }

    /// <summary>The answer's one word.</summary>
    internal sealed record Status([property: JsonPropertyName("status")] string Word)
    {
        /// <summary>
        /// <c>unreachable</c> while the bucket of the artifacts is: no reason to send callers elsewhere, since what is
        /// loaded goes on answering.
        /// </summary>
        [JsonPropertyName("artifacts")]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Artifacts { get; init; }
    }
}
