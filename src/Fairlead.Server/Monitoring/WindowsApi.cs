using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Monitoring;

/// <summary><c>/api/v1/endpoints/{name}/windows</c>.</summary>
internal static class WindowsApi
{
    /// <summary>Most parts of a stretch that one answer has of an arm.</summary>
    private const int MostParts = 500;

    private static readonly TimeSpan Default = TimeSpan.FromHours(24);

    public static void MapWindows(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/endpoints/{name}/windows", GetAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("getWindows", "monitoring",
                "Tells what was asked of an endpoint and answered: counts, times and statistics of every column",
                new QueryParameter("from", "string", "Beginning, such as 2026-01-31T08:00:00Z; by default 24 h ago"),
                new QueryParameter("to", "string", "End; by default now"),
                new QueryParameter("variant", "string", "Only this variant"),
                new QueryParameter("by", "string", "minute, hour or day: the stretch in parts"));

    private static async Task<Ok<WindowsInfo>> GetAsync(
        HttpContext context, Database database, WindowRead windows, TimeProvider time, CancellationToken cancellation)
    {
        var name = EndpointName.Parse((string)context.GetRouteValue("name")!);
        var now = time.GetUtcNow();
        var (from, to) = Stretch(context, now);
        var each = Each(context, to - from);
        var variant = RequestQuery.Text(context, "variant");
        var endpoint = await database.ReadAsync(async db => await EndpointWrites.FindAsync(db, name, cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name)), cancellation);
        var found = await windows.ReadAsync(
            endpoint.Number, from, to, each, arm => variant is null || arm == variant, cancellation);
        return TypedResults.Ok(new WindowsInfo
        {
            Endpoint = name.ToString(),
            From = DateTimeOffset.FromUnixTimeSeconds(from * 60),
            To = DateTimeOffset.FromUnixTimeSeconds(to * 60),
            Windows = [.. found.Select(WindowViews.Of)],
        });
    }

    /// <summary>First minute and the minute after the last one, rounded outward to what is kept.</summary>
    private static (long From, long To) Stretch(HttpContext context, DateTimeOffset now)
    {
        var to = RequestQuery.Instant(context, "to") ?? now;
        var from = RequestQuery.Instant(context, "from") ?? to - Default;
        if (from >= to)
            throw Fault("from", "'from' is not before 'to'.");
        return WindowLevel.Kept(
            from.ToUnixTimeSeconds() / 60, (to.ToUnixTimeSeconds() + 59) / 60, now.ToUnixTimeSeconds() / 60);
    }

    private static long Each(HttpContext context, long minutes)
    {
        var each = RequestQuery.Text(context, "by") switch
        {
            null => 0,
            "minute" => WindowLevel.Minute.Minutes,
            "hour" => WindowLevel.Hour.Minutes,
            "day" => WindowLevel.Day.Minutes,
            var other => throw Fault("by", $"'by={other}' is none of minute, hour and day."),
        };
        return each == 0 || minutes / each <= MostParts
            ? each
            : throw Fault("by", $"These are more than {MostParts} parts; ask for longer ones or a shorter stretch.");
    }

    private static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_stretch", message) { Field = field });
}
