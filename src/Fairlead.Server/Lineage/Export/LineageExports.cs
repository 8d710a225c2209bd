using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Evaluating;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Lineage.Export;

/// <summary>Writes what is known of a version in the forms that others read.</summary>
internal sealed class LineageExports(Database database, LineageRead lineage, RunReads runs)
{
    private const int MostEvaluations = 5;

    private static readonly JsonSerializerOptions Form = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of an export and its media type.</summary>
    public async Task<(string Text, string MediaType)> WriteAsync(
        Principal caller, VersionId id, string format, CancellationToken cancellation) =>
        Write(await GatherAsync(caller, id, cancellation), format);

    /// <summary>The text of an export and its media type; a function of what is known.</summary>
    internal static (string Text, string MediaType) Write(VersionRecord record, string format) => format switch
    {
        "openlineage" => (Text(OpenLineageEvent.Write(record)), "application/json"),
        "slsa" => (Text(SlsaStatement.Write(record)), "application/vnd.in-toto+json"),
        "cyclonedx" => (Text(MachineLearningBom.Write(record)), "application/vnd.cyclonedx+json"),
        "card-md" => (CardText.Markdown(ModelCard.Of(record), record), "text/markdown"),
        "card-html" => (CardText.Html(ModelCard.Of(record)), "text/html"),
        _ => throw new RefusalException(new Refusal(RefusalKind.NotFound, "unknown_format",
            $"There is no format '{format}'; there are openlineage, slsa, cyclonedx, card-md and card-html.")
        { Field = "format" }),
    };

    private static string Text(JsonObject document) => document.ToJsonString(Form) + "\n";

    private async Task<VersionRecord> GatherAsync(Principal caller, VersionId id, CancellationToken cancellation)
    {
        var found = await lineage.OneAsync(caller, id, cancellation);
        var (datasets, rollouts, evaluations) = await database.ReadAsync(async db =>
        {
            var shown = new List<DatasetRecord>();
            foreach (var use in found.Version.Lineage.Registered)
            {
                var row = await db.DatasetVersions.AsNoTracking().SingleOrDefaultAsync(
                    each => each.Name == use.Name && each.Number == use.Version, cancellation);
                shown.Add(new DatasetRecord(use, row?.Address, row?.Rows,
                    row is null ? 0 : StoredJson.Read<JsonElement[]>(row.Columns).Length, row?.Split));
            }

            return (shown, await VersionRollouts.ReadAsync(db, id, caller, cancellation),
                await EvaluationsAsync(db, id, cancellation));
        }, cancellation);
        return new VersionRecord
        {
            Lineage = found,
            Datasets = datasets,
            Rollouts = rollouts,
            Evaluations = evaluations,
            Run = await RunAsync(found.Version.Lineage.Run, cancellation),
        };
    }

    /// <summary>The newest finished evaluation of each data and label, the newest first.</summary>
    private static async Task<List<EvaluationInfo>> EvaluationsAsync(
        FairleadDbContext db, VersionId id, CancellationToken cancellation)
    {
        var model = id.Model.ToString();
        var rows = await db.Set<EvaluationRow>().AsNoTracking()
            .Where(row => row.Model == model && row.Number == id.Number && row.FinishedAt != null)
            .OrderByDescending(row => row.Id).Take(EvaluationStore.MostOfVersion).ToListAsync(cancellation);
        return [.. rows.Select(row => EvaluationViews.Info(row, withSegments: true))
            .DistinctBy(each => (each.Digest, each.Label, each.Task)).Take(MostEvaluations)];
    }

    private async Task<RunInfo?> RunAsync(string? id, CancellationToken cancellation)
    {
        try
        {
            if (id is null)
                return null;
            var (run, data) = await runs.WholeAsync(id, cancellation);
            return RunsApi.View(run, data);
        }
        catch (RefusalException)
        {
            // A run of another system, or one that is gone: the version says by itself what it took from it.
            return null;
        }
    }
}
