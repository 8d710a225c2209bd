using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Lineage;

/// <summary><c>/api/v1/lineage</c>, and the history of aliases.</summary>
internal static class LineageApi
{
    private const string Tag = "lineage";

    public static void MapLineage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/lineage", FindAsync).Demands(Role.Viewer)
            .Described("getLineage", Tag, "Tells where something came from and where it went; ask for one thing",
                new QueryParameter("prediction", "string", "The id of a prediction"),
                new QueryParameter("version", "string", "A version, as MODEL/NUMBER"),
                new QueryParameter("dataset", "string", "The digest of a dataset, or NAME/VERSION"),
                new QueryParameter("run", "string", "The id of a training run"),
                new QueryParameter("commit", "string", "A commit, or its first 7 or more digits"),
                new QueryParameter("file", "string", "The SHA-256 of a file"));
        routes.MapGet("/api/v1/models/{model}/alias-history", AliasesAsync).Demands(Role.Viewer, model: "model")
            .Described("listAliasHistory", Tag, "Lists the moves of a model's aliases, newest first",
            [
                new QueryParameter("alias", "string", "Only this alias"),
                new QueryParameter("at", "string", "Only where each alias pointed at this instant"),
                .. QueryParameter.OfLists,
            ]);
        routes.MapSignatures();
        routes.MapLineageExports();
    }

    private static async Task<Ok<LineageInfo>> FindAsync(
        HttpContext context, LineageRead lineage, CancellationToken cancellation)
    {
        var question = new LineageQuestion
        {
            Prediction = RequestQuery.Text(context, "prediction"),
            Version = RequestQuery.Text(context, "version"),
            Dataset = RequestQuery.Text(context, "dataset"),
            Run = RequestQuery.Text(context, "run"),
            Commit = RequestQuery.Text(context, "commit"),
            File = RequestQuery.Text(context, "file"),
        };
        string?[] asked =
            [question.Prediction, question.Version, question.Dataset, question.Run, question.Commit, question.File];
        return asked.Count(each => each is not null) == 1
            ? TypedResults.Ok(await lineage.FindAsync(context.Caller(), question, cancellation))
            : throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                "Ask for exactly one of 'prediction', 'version', 'dataset', 'run', 'commit' and 'file'."));
    }

    private static async Task<Ok<Page<AliasMove>>> AliasesAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var (model, page) = (ModelsApi.Model(context), PageQuery.Of(context));
        var alias = RequestQuery.Text(context, "alias");
        var at = RequestQuery.Instant(context, "at")?.ToMicroseconds();
        var name = model.ToString();
        var rows = await database.ReadAsync(async db =>
        {
            var moves = db.AliasMoves.AsNoTracking().Where(row => row.Model == name);
            if (!await moves.AnyAsync(cancellation))
                await RegistryViews.FindModelAsync(db, model, cancellation);
            if (alias is not null)
                moves = moves.Where(row => row.Alias == alias);
            if (at is { } instant)
            {
                // Of each alias the last move until then; one that was removed by then pointed nowhere.
                var last = moves.Where(row => row.At <= instant).GroupBy(row => row.Alias)
                    .Select(group => group.Max(row => row.Id));
                moves = moves.Where(row => last.Contains(row.Id) && row.Version != null);
            }

            return await page.NewestFirst(moves, row => row.Id).ToListAsync(cancellation);
        }, cancellation);
        return TypedResults.Ok(page.Page(rows, Shown, row => row.Id));
    }

    private static AliasMove Shown(AliasMoveRow row) => new()
    {
        Alias = row.Alias,
        Version = row.Version,
        Before = row.Before,
        When = Instants.FromMicroseconds(row.At),
        Who = row.Who,
        Reason = row.Reason,
    };
}
