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
    private static readonly TimeSpan ReferenceByDefault = TimeSpan.FromDays(7);

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
        routes.MapGet("/api/v1/endpoints/{name}/drift", DriftAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("getDrift", Tag, "Holds what an endpoint is asked and answers against what it was before",
                new QueryParameter("from", "string", "Beginning of what is looked at; by default an hour ago"),
                new QueryParameter("to", "string", "Its end; by default now"),
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

    private static async Task<Ok<DriftInfo>> DriftAsync(
        HttpContext context, Database database, DriftRead drift, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var look = StretchOf(context, "from", "to", now, now, LookedAtByDefault);
        var reference = StretchOf(
            context, "referenceFrom", "referenceTo", Moment(look.From), now, ReferenceByDefault);

        // What only the rounding to whole minutes, hours or days made to overlap is taken from the reference.
        if (RequestQuery.Instant(context, "referenceTo") is not { } end || end <= Began(context, look))
            reference = reference with { To = Math.Min(reference.To, look.From) };
        if (reference.To > look.From && reference.From < look.To)
            throw Fault("referenceTo", "The reference reaches into what is looked at.");
        if (reference.From >= reference.To)
            throw Fault("referenceFrom", "Nothing is left of the reference before what is looked at.");
        var policy = new DriftPolicy { Alpha = Alpha(context) };
        var endpoint = await FindAsync(context, database, cancellation);
        return TypedResults.Ok(new DriftInfo
        {
            Endpoint = endpoint.Name,
            From = Moment(look.From),
            To = Moment(look.To),
            ReferenceFrom = Moment(reference.From),
            ReferenceTo = Moment(reference.To),
            Arms = await drift.ReadAsync(
                endpoint.Number, look, reference, Wanted(context), policy, cancellation),
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
    private static Stretch StretchOf(
        HttpContext context, string fromName, string toName, DateTimeOffset end, DateTimeOffset now, TimeSpan length)
    {
        var to = RequestQuery.Instant(context, toName) ?? end;
        var from = RequestQuery.Instant(context, fromName) ?? to - length;
        if (from >= to)
            throw Fault(fromName, $"'{fromName}' is not before '{toName}'.");
        var (first, last) = WindowLevel.Kept(
            from.ToUnixTimeSeconds() / 60, (to.ToUnixTimeSeconds() + 59) / 60, now.ToUnixTimeSeconds() / 60);
        return new Stretch(first, last);
    }

    private static DateTimeOffset Moment(long minute) => DateTimeOffset.FromUnixTimeSeconds(minute * 60);

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

    private static DateTimeOffset Began(HttpContext context, Stretch look) =>
        RequestQuery.Instant(context, "from") ?? Moment(look.From);

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

    private static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_stretch", message) { Field = field });
}
