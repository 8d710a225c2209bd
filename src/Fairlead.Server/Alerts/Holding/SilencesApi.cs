using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Alerts;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Alerts.Holding;

/// <summary><c>/api/v1/silences</c>.</summary>
internal static class SilencesApi
{
    private const string Tag = "alerts";

    public static void MapSilences(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/silences", ListAsync).Demands(Role.Viewer)
            .Described("listSilences", Tag, "Lists the silences that are not over, newest first",
                [new QueryParameter("all", "boolean", "Also those that are over"), .. QueryParameter.OfLists]);
        routes.MapPost("/api/v1/silences", CreateAsync).Demands(Role.Operator)
            .Accepts<SilenceRequest>("application/json")
            .Described("createSilence", Tag, "Keeps alerts from people for a while");
        routes.MapDelete("/api/v1/silences/{id}", ExpireAsync).Demands(Role.Operator)
            .Described("expireSilence", Tag, "Ends a silence now", QueryParameter.Reason);
    }

    private static async Task<Ok<Page<SilenceInfo>>> ListAsync(
        HttpContext context, Database database, TimeProvider time, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var all = RequestQuery.Flag(context, "all");
        var now = time.GetUtcNow().ToMicroseconds();
        var rows = await database.ReadAsync(
            db => page.NewestFirst(db.Silences.Where(row => all || row.EndsAt > now), row => row.Id)
                .ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(rows, row => View(row, now), row => row.Id));
    }

    private static async Task<Created<SilenceInfo>> CreateAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<SilenceRequest>(context);
        var made = await control.WriteAsync(
            context.Caller(), request.Comment, write => SilenceWrites.CreateAsync(write, request), cancellation);
        return TypedResults.Created($"/api/v1/silences/{made.Id}", made);
    }

    private static async Task<NoContent> ExpireAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var id = RequestQuery.RouteNumber(context, "id");
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => SilenceWrites.ExpireAsync(write, id), cancellation);
        return TypedResults.NoContent();
    }

    internal static SilenceInfo View(SilenceRow row, long now) => new()
    {
        Id = row.Id,
        Matchers = StoredJson.Read<List<string>>(row.Matchers),
        StartsAt = Instants.FromMicroseconds(row.StartsAt),
        EndsAt = Instants.FromMicroseconds(row.EndsAt),
        Author = row.Author,
        Comment = row.Comment,
        State = row.EndsAt <= now ? "expired" : row.StartsAt > now ? "pending" : "active",
    };
}

/// <summary>The changes of silences, each inside a write.</summary>
internal static class SilenceWrites
{
    /// <summary>Most silences that are not over.</summary>
    public const int MostSilences = 1000;

    /// <summary>How far ahead a silence may end.</summary>
    private static readonly TimeSpan FarthestEnd = TimeSpan.FromDays(366);

    public static async Task<SilenceInfo> CreateAsync(WriteScope write, SilenceRequest request)
    {
        List<Refusal> faults = [];
        var matchers = MatcherRules.Read("matchers", request.Matchers, faults);
        var silence = new Silence(
            "", matchers, request.StartsAt ?? write.Now, request.EndsAt, write.Principal.Name, request.Comment);
        if (faults.Count == 0)
            faults.AddRange(silence.Problems());
        if (request.EndsAt > write.Now + FarthestEnd)
            faults.Add(EndFault("A silence ends within a year."));
        if (request.EndsAt <= write.Now)
            faults.Add(EndFault("It would be over already."));
        if (faults.Count > 0)
            throw new RefusalException(faults);
        DemandEndpoint(write.Principal, silence);
        if (await write.Db.Silences.CountAsync(row => row.EndsAt > write.NowMicroseconds, write.Cancellation)
            >= MostSilences)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "too_many_silences",
                $"There are {MostSilences} silences already; end one first."));
        }

        var made = new SilenceRow
        {
            Matchers = StoredJson.Write(matchers.Select(matcher => matcher.ToString())),
            StartsAt = silence.StartsAt.ToMicroseconds(),
            EndsAt = silence.EndsAt.ToMicroseconds(),
            Author = silence.Author,
            Comment = silence.Comment,
            CreatedAt = write.NowMicroseconds,
        };
        write.Db.Silences.Add(made);
        await write.Db.SaveChangesAsync(write.Cancellation);
        var view = SilencesApi.View(made, write.NowMicroseconds);
        write.Record("silence.create", $"silences/{made.Id}", null, view);
        return view;
    }

    /// <summary>Ends a silence; one that is over stays so.</summary>
    public static async Task<bool> ExpireAsync(WriteScope write, long id)
    {
        var row = await write.Db.Silences.SingleOrDefaultAsync(each => each.Id == id, write.Cancellation)
            ?? throw new RefusalException(
                new Refusal(RefusalKind.NotFound, "silence_not_found", $"There is no silence with the number {id}."));
        DemandEndpoint(write.Principal, HoldingRead.Silence(row));
        if (row.EndsAt <= write.NowMicroseconds)
            return false;

        var before = SilencesApi.View(row, write.NowMicroseconds);
        row.EndsAt = write.NowMicroseconds;
        row.StartsAt = Math.Min(row.StartsAt, row.EndsAt);
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.Record("silence.expire", $"silences/{id}", before, SilencesApi.View(row, write.NowMicroseconds));
        return true;
    }

    private static Refusal EndFault(string message) =>
        new(RefusalKind.Invalid, "silence_invalid", message) { Field = "endsAt" };

    /// <summary>A key that is limited to endpoints silences one of those, by its name.</summary>
    private static void DemandEndpoint(Principal principal, Silence silence)
    {
        var named = silence.Matchers
            .Where(matcher => matcher is { Label: "endpoint", Kind: MatchKind.Equal })
            .Select(matcher => matcher.Text).FirstOrDefault("");
        if (!AccessPolicy.Allows(principal, new Demand(Role.Operator, named)))
            throw new RefusalException(AccessRefusals.Forbidden(principal, new Demand(Role.Operator, named)));
    }
}
