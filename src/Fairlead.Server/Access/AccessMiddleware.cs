using System.Net;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Problems;
using Fairlead.Server.Tracking.Mlflow;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Access;

/// <summary>Holds every request against what its route demands, before the route sees it.</summary>
internal sealed class AccessMiddleware(
    RequestDelegate next, Callers callers, Keyring keyring, RefusalMeter refusals)
{
    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is null)
            return next(context);

        // Routing's own answers (405) carry no demand and tell nothing. A mapped route without one was added after the
        // check at the start, and is closed.
        var demand = endpoint.Metadata.GetMetadata<RouteDemand>();
        if (demand is null && endpoint is RouteEndpoint)
            return RefuseAsync(context, AccessRefusals.Unlisted);
        if (demand?.Role is null)
            return next(context);

        if (!keyring.IsRequired && WhyNotKeyless(context) is { } foreign)
            return RefuseAsync(context, foreign);
        Refusal? refusal;
        var caller = context.Features.Get<SignedIn>() is { } console
            ? callers.IdentifySignedIn(console.KeyId, out refusal)
            : callers.Identify(context.Request.Headers.Authorization, out refusal);
        if (caller is null)
            return RefuseAsync(context, refusal!);

        var asked = demand.Of(context);
        if (!AccessPolicy.Allows(caller, asked))
            return RefuseAsync(context, AccessRefusals.Forbidden(caller, asked));

        context.Features.Set(caller);
        return next(context);
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        refusals.Count(DoorOf(context.Request), refusal.Kind == RefusalKind.Unauthenticated
            ? PredictFailure.Unauthenticated
            : PredictFailure.Forbidden);
        return MlflowErrors.Speaks(context.Request)
            ? MlflowErrors.WriteAsync(context, refusal)
            : ProblemTable.WriteAsync(context, refusal);
    }

    private static Door DoorOf(HttpRequest request)
    {
        var path = request.Path;
        if (request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
            return Door.OpenInferenceGrpc;
        if (path.StartsWithSegments("/v2", StringComparison.Ordinal))
            return Door.OpenInferenceRest;
        if (!path.StartsWithSegments("/api/v1", StringComparison.Ordinal))
            return Door.Other;
        return path.Value!.EndsWith("/predict", StringComparison.Ordinal) ? Door.Predict : Door.Api;
    }

    /// <summary>
    /// Without keys only this machine is answered, whatever the addresses say; and not a browser's page of another
    /// site, which could otherwise reach a server on its visitor's machine, under a name of its own if need be.
    /// </summary>
    internal static Refusal? WhyNotKeyless(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is { } from && !IPAddress.IsLoopback(from))
            return AccessRefusals.NotFromHere;

        var host = context.Request.Host;
        if (host.HasValue && !ProtectedMode.IsLoopback(host.Host))
            return AccessRefusals.CrossOrigin;

        var origin = context.Request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && ProtectedMode.IsLoopback(page.Host)
                && string.Equals(page.Authority, host.Value, StringComparison.OrdinalIgnoreCase))
            ? null
            : AccessRefusals.CrossOrigin;
    }
}

/// <summary>
/// The key that signed in to the console. Only calls from inside the process carry this; a request from outside cannot.
/// </summary>
/// <param name="KeyId">The key's number.</param>
internal sealed record SignedIn(long KeyId);
