using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Datasets;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Datasets;

/// <summary><c>/api/v1/datasets</c> and their versions.</summary>
internal static class DatasetsApi
{
    private const string Tag = "datasets";
    private const string Versions = "/api/v1/datasets/{dataset}/versions";
    private const string One = "/api/v1/datasets/{dataset}/versions/{number}";

    public static IServiceCollection AddDatasets(this IServiceCollection services) => services
        .AddSingleton<References>()
        .AddSingleton<DatasetRegistration>()
        .AddSingleton<DatasetDiff>();

    public static void MapDatasets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/datasets", ListAsync).Demands(Role.Viewer)
            .Described("listDatasets", Tag, "Lists the datasets by name", QueryParameter.OfLists);
        routes.MapGet(Versions, VersionsAsync).Demands(Role.Viewer)
            .Described("listDatasetVersions", Tag, "Lists a dataset's versions, newest first", QueryParameter.OfLists);
        routes.MapPost(Versions, RegisterAsync).Demands(Role.Operator)
            .Accepts<RegisterDatasetRequest>("application/json")
            .Described("registerDataset", Tag, "Registers a version; content that is known keeps its number");
        routes.MapGet(One, GetAsync).Demands(Role.Viewer)
            .Described("getDatasetVersion", Tag, "Shows a version, statistics of its columns and who names it");
        routes.MapGet(One + "/diff", DiffAsync).Demands(Role.Viewer)
            .Described("getDatasetDiff", Tag, "Tells what differs between two versions of data",
                new QueryParameter("to", "string", "The second, as NAME/VERSION"));
    }

    private static async Task<Ok<Page<DatasetInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var found = await page.ByName(db.Datasets, row => row.Name, []).ToListAsync(cancellation);
            var shown = await DatasetViews.DatasetsAsync(db, found, cancellation);
            return page.Page(shown, dataset => dataset, dataset => dataset.Name);
        }, cancellation));
    }

    private static async Task<Ok<Page<DatasetVersionInfo>>> VersionsAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var (dataset, page) = (Dataset(context), PageQuery.Of(context));
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var name = (await DatasetViews.FindAsync(db, dataset, cancellation)).Name;
            var rows = await page.NewestFirst(db.DatasetVersions.Where(row => row.Name == name), row => row.Number)
                .ToListAsync(cancellation);
            return page.Page(rows, row => DatasetViews.Version(row), row => row.Number);
        }, cancellation));
    }

    private static async Task<Results<Created<DatasetVersionInfo>, Ok<DatasetVersionInfo>>> RegisterAsync(
        HttpContext context, DatasetRegistration registration, CancellationToken cancellation)
    {
        var dataset = Dataset(context);
        var request = await RequestBody.ReadAsync<RegisterDatasetRequest>(context, RequestBody.MaxListBytes);
        var version = await registration.RegisterAsync(context.Caller(), dataset, request, cancellation);
        return version.WasKnown
            ? TypedResults.Ok(version)
            : TypedResults.Created(
                $"/api/v1/datasets/{Uri.EscapeDataString(version.Name)}/versions/{version.Number}", version);
    }

    private static async Task<Ok<DatasetVersionInfo>> GetAsync(
        HttpContext context, Database database, WindowFiles files, CancellationToken cancellation)
    {
        var id = Version(context);
        var version = await database.ReadAsync(async db =>
        {
            var shown = DatasetViews.Version(await DatasetViews.FindVersionAsync(db, id, cancellation));
            shown.UsedBy = await DatasetViews.UsesAsync(db, id, cancellation);
            return shown;
        }, cancellation);
        if (version.Profile is { } profile)
        {
            var sketch = await files.GetAsync(profile, cancellation);
            version.Statistics =
            [
                .. sketch.Columns.Select(column => WindowViews.Column(
                    column.Name, column.Name == version.Labels ? "label" : "column", column.Sketch)),
            ];
        }

        return TypedResults.Ok(version);
    }

    private static async Task<Ok<DatasetDiffInfo>> DiffAsync(
        HttpContext context, DatasetDiff diff, CancellationToken cancellation)
    {
        var to = RequestQuery.Text(context, "to")
            ?? throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                "Name the version to compare with: to=NAME/VERSION.")
            { Field = "to" });
        return TypedResults.Ok(await diff.ReadAsync(Version(context), DatasetId.Parse(to), cancellation));
    }

    private static DatasetName Dataset(HttpContext context) =>
        DatasetName.Parse(RequestQuery.Route(context, "dataset"));

    private static DatasetId Version(HttpContext context) =>
        new(Dataset(context), RequestQuery.RouteNumber(context, "number"));
}
