using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>The protocol's routes in the groups in which a host demands something of callers.</summary>
/// <param name="Open">Health, which balancers ask without a key.</param>
/// <param name="Listing">The server and its models, as far as the caller may see them; about no endpoint.</param>
/// <param name="Reading">One model; the route value <c>name</c> is its endpoint.</param>
/// <param name="Predicting">Inference; the route value <c>name</c> is its endpoint.</param>
public sealed record OpenInferenceRoutes(
    IEndpointConventionBuilder Open,
    IEndpointConventionBuilder Listing,
    IEndpointConventionBuilder Reading,
    IEndpointConventionBuilder Predicting);

/// <summary>Puts the Open Inference Protocol's REST form on its routes.</summary>
public static class OpenInferenceRestExtensions
{
    /// <summary>Adds what the routes need.</summary>
    public static IServiceCollection AddOpenInferenceRest(this IServiceCollection services)
    {
        services.TryAddSingleton(ServerIdentity.Default);
        services.AddSingleton<ReadingRoutes>();
        return services.AddSingleton<RestDoor>();
    }

    /// <summary>Maps everything below <c>/v2</c>.</summary>
    public static OpenInferenceRoutes MapOpenInferenceRest(this IEndpointRouteBuilder routes)
    {
        // Made once here, so that the request path looks nothing up.
        var door = routes.ServiceProvider.GetRequiredService<RestDoor>();
        var about = routes.ServiceProvider.GetRequiredService<ReadingRoutes>();
        var open = routes.MapGroup("/v2");
        open.MapGet("/health/live", ReadingRoutes.LiveAsync);
        open.MapGet("/health/ready", about.ReadyAsync);

        var listing = routes.MapGroup("/v2");
        listing.MapGet("", about.ServerAsync);
        listing.MapGet("/models", about.ModelsAsync);
        listing.MapPost("/repository/index", about.IndexAsync);

        var reading = routes.MapGroup("/v2/models/{name}");
        var predicting = routes.MapGroup("/v2/models/{name}");
        foreach (var version in (string[])["", "/versions/{version}"])
        {
            reading.MapGet(version, about.ModelAsync);
            reading.MapGet($"{version}/ready", about.ModelReadyAsync);
            predicting.MapPost($"{version}/infer", door.AnswerAsync);
        }

        return new OpenInferenceRoutes(open, listing, reading, predicting);
    }
}
