using Fairlead.Client.Api;
using Fairlead.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Description;

/// <summary>A parameter in the query, or in a header, for the OpenAPI document.</summary>
/// <param name="Type"><c>string</c>, <c>integer</c> or <c>boolean</c>.</param>
internal sealed record QueryParameter(string Name, string Type, string Description, bool InHeader = false)
{
    public static QueryParameter Reason { get; } = new("reason", "string", "Why, for the audit log");

    /// <summary>What every list takes.</summary>
    public static QueryParameter[] OfLists { get; } =
    [
        new("limit", "integer", $"Entries at most, 1 to {Page<int>.MaxLimit}; {Page<int>.DefaultLimit} by default"),
        new("pageToken", "string", "The 'nextPageToken' of the page before"),
    ];
}

/// <summary>A request body that the code of a route reads by itself, for the OpenAPI document.</summary>
/// <param name="Schema">The type that has its shape; null: bytes.</param>
/// <param name="MediaTypes">What the route takes.</param>
internal sealed record BodyDescription(Type? Schema, params string[] MediaTypes);

/// <summary>What the OpenAPI document says of a route and its code does not show.</summary>
internal sealed record RouteDescription(IReadOnlyList<QueryParameter> Query, BodyDescription? Body);

internal static class RouteDescriptionExtensions
{
    private const string ProblemJson = "application/problem+json";

    /// <summary>
    /// Gives a route its place in the OpenAPI document. The problems that it may answer with follow from what it
    /// demands, from its pattern and its method.
    /// </summary>
    /// <param name="id">The operation's name for generated clients; unique.</param>
    /// <param name="tag">The group that it is shown in.</param>
    /// <param name="summary">What it does, in a line.</param>
    public static TBuilder Described<TBuilder>(
        this TBuilder route, string id, string tag, string summary, params QueryParameter[] query)
        where TBuilder : IEndpointConventionBuilder =>
        route.Described(id, tag, summary, body: null, query);

    /// <summary>The same for a route that reads its body by itself.</summary>
    public static TBuilder Described<TBuilder>(
        this TBuilder route, string id, string tag, string summary, BodyDescription? body,
        params QueryParameter[] query)
        where TBuilder : IEndpointConventionBuilder
    {
        route.WithName(id).WithTags(tag).WithSummary(summary).WithMetadata(new RouteDescription(query, body));
        route.Finally(AddProblems);
        return route;
    }

    /// <summary>Says what a route answers when its code does not show it.</summary>
    public static TBuilder Answers<TBuilder>(
        this TBuilder route, int status, Type? type = null, string mediaType = "application/json")
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(type is null && mediaType == "application/json"
            ? new ProducesResponseTypeMetadata(status)
            : new ProducesResponseTypeMetadata(status, type ?? typeof(void), [mediaType]));

    private static void AddProblems(EndpointBuilder builder)
    {
        if (builder is not RouteEndpointBuilder route
            || route.Metadata.OfType<RouteDemand>().LastOrDefault() is not { Role: not null })
        {
            return;
        }

        var isRead = route.Metadata.OfType<IHttpMethodMetadata>().Last().HttpMethods
            .All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
        var names = route.RoutePattern.Parameters.Count > 0;
        var isOurs = route.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal);
        int[] statuses =
        [
            .. isOurs ? (int[])[400] : [],
            401,
            403,
            .. names ? (int[])[404] : [],
            .. isOurs && !isRead ? (int[])[409, 413] : [],
            .. isOurs ? (int[])[503] : [],
        ];
        foreach (var status in statuses)
        {
            if (!route.Metadata.OfType<IProducesResponseTypeMetadata>().Any(known => known.StatusCode == status))
                route.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(Problem), [ProblemJson]));
        }
    }
}
