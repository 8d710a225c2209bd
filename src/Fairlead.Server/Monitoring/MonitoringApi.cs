using System.Globalization;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
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

/// <summary><c>/api/v1/endpoints/{name}/windows</c> and <c>/drift</c>.</summary>
internal static class MonitoringApi
{
    /// <summary>Most parts of a stretch that one answer has of an arm.</summary>
    private const int MostParts = 500;

    private const string Tag = "monitoring";
    private const double MostAlpha = 0.5;

    private static readonly TimeSpan LookedAtByDefault = TimeSpan.FromHours(1);

    public static void MapMonitoring(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/endpoints/{name}/windows", WindowsAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("getWindows", Tag,
                "Tells what was asked of an endpoint and answered: counts, times and statistics of every column",
                new QueryParameter("from", "string", "Beginning, such as 2026-01-31T08:00:00Z; by default 24 h ago, "
                    + "by minute 1 h, by day 30 d"),
                new QueryParameter("to", "string", "End; by default now"),
                new QueryParameter("variant", "string", "Only this variant"),
                new QueryParameter("by", "string", "minute, hour or day: the stretch in parts"));
        routes.MapGet("/api/v1/traffic", TrafficAsync).Demands(Role.Viewer)
            .Described("getTraffic", Tag,
                "Tells how much every endpoint is asked, minute by minute over the last hour, and how it answers");
        routes.MapGet("/api/v1/endpoints/{name}/drift", DriftAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("getDrift", Tag, "Holds what an endpoint is asked and answers against what it was before",
                new QueryParameter("from", "string", "Beginning of what is looked at; by default an hour ago"),
                new QueryParameter("to", "string", "Its end; by default now"),
                new QueryParameter("reference", "string", "In place of the past: dataset:NAME/VERSION, training (what "
                    + "the version that answers learnt from) or rolling:7d"),
                new QueryParameter("referenceFrom", "string", "Beginning of the reference; by default 7 d before"),
                new QueryParameter("referenceTo", "string", "End of the reference; by default where the look begins"),
                new QueryParameter("variant", "string", "Only this variant"),
                new QueryParameter("alpha", "number", "Chance of a false alarm at this look, over all columns; 0.001"));
    }

    private static async Task<Ok<WindowsInfo>> WindowsAsync(
        HttpContext context, Database database, WindowRead windows, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var level = Level(context);
        var shown = StretchOf(context, "from", "to", now, now, ShownByDefault(level));
        var each = Each(level, shown.To - shown.From);
        var endpoint = await FindAsync(context, database, cancellation);
        var found = await windows.ReadAsync(
            endpoint.Number, shown.From, shown.To, each, Wanted(context), cancellation);
        return TypedResults.Ok(new WindowsInfo
        {
            Endpoint = endpoint.Name,
            From = Moment(shown.From),
            To = Moment(shown.To),
            Windows = [.. found.Select(WindowViews.Of)],
        });
    }

    private static async Task<Ok<TrafficInfo>> TrafficAsync(
        HttpContext context, TrafficRead traffic, CancellationToken cancellation) =>
        TypedResults.Ok(await traffic.ReadAsync(context.Caller().Endpoints, cancellation));

    private static async Task<Ok<DriftInfo>> DriftAsync(
        HttpContext context, Database database, DriftRead drift, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var look = StretchOf(context, "from", "to", now, now, LookedAtByDefault);
        var reference = ReferenceQuery.Of(context, look, now);
        var policy = new DriftPolicy { Alpha = Alpha(context) };
        Stretch? past = reference switch
        {
            DriftReference.Past stretch => new Stretch(stretch.From, stretch.To),
            DriftReference.Rolling rolling => References.StretchOf(rolling, look.From, now),
            _ => null,
        };
        var endpoint = await FindAsync(context, database, cancellation);
        return TypedResults.Ok(new DriftInfo
        {
            Endpoint = endpoint.Name,
            From = Moment(look.From),
            To = Moment(look.To),
            Reference = reference.ToString(),
            ReferenceFrom = past is { } began ? Moment(began.From) : null,
            ReferenceTo = past is { } ended ? Moment(ended.To) : null,
            Arms = await drift.ReadAsync(
                endpoint.Number, look, reference, now, Wanted(context), policy, cancellation),
        });
    }

    private static async Task<EndpointRow> FindAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var name = EndpointName.Parse((string)context.GetRouteValue("name")!);
        return await database.ReadAsync(async db => await EndpointWrites.FindAsync(db, name, cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name)), cancellation);
    }

    private static Func<string, bool> Wanted(HttpContext context)
    {
        var variant = RequestQuery.Text(context, "variant");
        return arm => variant is null || arm == variant;
    }

    /// <summary>First minute and the minute after the last one, rounded outward to what is kept.</summary>
    internal static Stretch StretchOf(
        HttpContext context, string fromName, string toName, DateTimeOffset end, DateTimeOffset now, TimeSpan length)
    {
        var to = RequestQuery.Instant(context, toName) ?? end;
        var from = RequestQuery.Instant(context, fromName) ?? to - length;
        if (from >= to)
            throw Fault(fromName, $"'{fromName}' is not before '{toName}'.");
        if (from < DateTimeOffset.UnixEpoch)
            throw Fault(fromName, $"'{fromName}' lies before 1970, and no windows do.");
        var (first, last) = WindowLevel.Kept(
            from.ToUnixTimeSeconds() / 60, (to.ToUnixTimeSeconds() + 59) / 60, now.ToUnixTimeSeconds() / 60);
        return new Stretch(first, last);
    }

    internal static DateTimeOffset Moment(long minute) => DateTimeOffset.FromUnixTimeSeconds(minute * 60);

    private static double Alpha(HttpContext context)
    {
        if (RequestQuery.Text(context, "alpha") is not { } text)
            return new DriftPolicy().Alpha;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out var alpha) && alpha is > 0 and <= MostAlpha)
            return alpha;
        throw new RefusalException(new Refusal(
            RefusalKind.Invalid, "invalid_alpha", $"'alpha={text}' is no number above 0 and at most {MostAlpha}.")
        { Field = "alpha" });
    }

    private static WindowLevel? Level(HttpContext context) => RequestQuery.Text(context, "by") switch
    {
        null => null,
        "minute" => WindowLevel.Minute,
        "hour" => WindowLevel.Hour,
        "day" => WindowLevel.Day,
        var other => throw Fault("by", $"'by={other}' is none of minute, hour and day."),
    };

    private static TimeSpan ShownByDefault(WindowLevel? level) =>
        level == WindowLevel.Minute ? TimeSpan.FromHours(1)
        : level == WindowLevel.Day ? TimeSpan.FromDays(30)
        : TimeSpan.FromHours(24);

    private static long Each(WindowLevel? level, long minutes)
    {
        if (level is null)
            return 0;
        return minutes / level.Minutes <= MostParts
            ? level.Minutes
            : throw Fault("by", $"These are more than {MostParts} parts; ask for longer ones or a shorter stretch.");
    }

    internal static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_stretch", message) { Field = field });
}
