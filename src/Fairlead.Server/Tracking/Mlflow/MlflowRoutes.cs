using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>Answers one request of the protocol by writing the members of the answer.</summary>
internal delegate Task<Action<Utf8JsonWriter>> MlflowAnswer(MlflowRequest request);

/// <summary>
/// Looks at one request of the protocol, which may still be refused, and gives what then writes the answer piece by
/// piece.
/// </summary>
internal delegate Task<Func<MlflowStream, Task>> MlflowStreamedAnswer(MlflowRequest request);

/// <summary>Marks a route of MLflow's protocol.</summary>
internal sealed class MlflowProtocol
{
    public static MlflowProtocol Instance { get; } = new();
}

/// <summary>
/// The routes that MLflow's clients use. Reading asks for the role of a viewer, writing for that of an operator, as the
/// registry itself does.
/// </summary>
internal static class MlflowRoutes
{
    /// <summary>Largest body of an ordinary request; MLflow's own bound for a batch.</summary>
    public const long MaxBodyBytes = 1 << 20;

    /// <summary>Largest body that carries schemas and profiles of datasets, or descriptions of models.</summary>
    public const long MaxLargeBodyBytes = 32 << 20;

    /// <summary>The version of MLflow whose protocol is spoken; its clients choose what they send by it.</summary>
    public const string Version = "3.6.0";

    private static readonly string[] Prefixes = ["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"];

    /// <summary>An answer without members.</summary>
    public static Action<Utf8JsonWriter> Nothing { get; } = _ => { };

    public static void MapMlflow(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        routes.MapGet("/version", (HttpContext context) => context.Response.WriteAsync(Version))
            .DemandsNothing().OfProtocol();
        routes.MapGet("/health", (HttpContext context) => context.Response.WriteAsync("OK"))
            .DemandsNothing().OfProtocol();
        ActivatorUtilities.CreateInstance<ExperimentRoutes>(services).Map(routes);
        ActivatorUtilities.CreateInstance<RunRoutes>(services).Map(routes);
        ActivatorUtilities.CreateInstance<MetricRoutes>(services).Map(routes);
        ActivatorUtilities.CreateInstance<ArtifactRoutes>(services).Map(routes);
        ActivatorUtilities.CreateInstance<ModelRoutes>(services).Map(routes);
        ActivatorUtilities.CreateInstance<ModelVersionRoutes>(services).Map(routes);
        ActivatorUtilities.CreateInstance<LoggedModelRoutes>(services).Map(routes);
        routes.MapNewer();
    }

    /// <summary>Maps a route that reads.</summary>
    public static void Reads(
        this IEndpointRouteBuilder routes, string method, string path, MlflowAnswer answer,
        long maxBytes = MaxBodyBytes) => routes.Map(method, path, Role.Viewer, answer, maxBytes);

    /// <summary>Maps a route that reads, and whose answer is too long to be held.</summary>
    public static void Streams(
        this IEndpointRouteBuilder routes, string method, string path, MlflowStreamedAnswer answer)
    {
        foreach (var prefix in Prefixes)
        {
            routes.MapMethods(prefix + path, [method], async (HttpContext context) =>
            {
                var write = await answer(await MlflowRequest.ReadAsync(context, MaxBodyBytes));
                await MlflowStream.WriteAsync(context, write);
            }).Demands(Role.Viewer).OfProtocol();
        }
    }

    /// <summary>Maps a route that writes.</summary>
    public static void Writes(
        this IEndpointRouteBuilder routes, string method, string path, MlflowAnswer answer,
        long maxBytes = MaxBodyBytes) => routes.Map(method, path, Role.Operator, answer, maxBytes);

    /// <summary>Maps a route at an address of its own.</summary>
    public static void Answers(
        this IEndpointRouteBuilder routes, string method, string pattern, Role role,
        Func<HttpContext, Task<Action<Utf8JsonWriter>>> answer) =>
        routes.MapMethods(pattern, [method],
            async (HttpContext context) => await WriteAsync(context, await answer(context)))
            .Demands(role).OfProtocol();

    /// <summary>Refuses what the caller's key may not do with a model; names in bodies are not seen before.</summary>
    public static void Demand(this MlflowRequest request, Role role, string model)
    {
        var demand = new Demand(role, Model: model);
        if (!AccessPolicy.Allows(request.Caller, demand))
            throw new RefusalException(AccessRefusals.Forbidden(request.Caller, demand));
    }

    /// <summary>Says that a route is none of our own API and stands in no description of it.</summary>
    public static TBuilder OfProtocol<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.ExcludeFromDescription().WithMetadata(MlflowProtocol.Instance);

    private static void Map(
        this IEndpointRouteBuilder routes, string method, string path, Role role, MlflowAnswer answer, long maxBytes)
    {
        foreach (var prefix in Prefixes)
        {
            routes.Answers(method, prefix + path, role,
                async context => await answer(await MlflowRequest.ReadAsync(context, maxBytes)));
        }
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> members)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
