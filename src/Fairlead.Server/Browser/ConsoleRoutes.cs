using Fairlead.Server.Access;
using Fairlead.Server.Problems;
using Fairlead.Serving.Predict;
using Fairlead.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Browser;

/// <summary>
/// Puts the console into the host. Nothing of it is built before its first page is asked for: a replica that only
/// answers does not pay for it.
/// </summary>
internal static class ConsoleRoutes
{
    public static void AddConsole(this IServiceCollection services)
    {
        services.AddSingleton<HostPipeline>();
        services.AddSingleton(provider => new SessionText(provider.GetRequiredService<IPredictionKeys>()));
        services.AddSingleton<ConsoleDoor>();
        services.AddSingleton(provider => new WebConsole(provider, provider.GetRequiredService<ConsoleDoor>()));
    }

    /// <summary>Sends what no route takes and the console knows to the console. Comes after access control.</summary>
    public static void UseConsole(this IApplicationBuilder app) => app.Use((context, next) =>
        context.GetEndpoint() is null && WebConsole.Owns(context.Request) ? AnswerAsync(context) : next(context));

    /// <summary>A browser that asks for the root means the console; everything else asks whether this runs.</summary>
    public static bool IsForConsole(HttpContext context) => WebConsole.AsksForPage(context.Request);

    public static Task AnswerAsync(HttpContext context)
    {
        var keyring = context.RequestServices.GetRequiredService<Keyring>();
        if (!keyring.IsRequired && AccessMiddleware.WhyNotKeyless(context) is { } foreign)
            return ProblemTable.WriteAsync(context, foreign);
        if (IsOfAnotherSite(context.Request))
            return ProblemTable.WriteAsync(context, AccessRefusals.ConsoleCrossOrigin);

        context.SetEndpoint(null);
        return context.RequestServices.GetRequiredService<WebConsole>().InvokeAsync(context);
    }

    /// <summary>
    /// Browsers say which page a form or a socket belongs to. The session cookie does not come along from other sites,
    /// but a server without keys has none.
    /// </summary>
    private static bool IsOfAnotherSite(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
