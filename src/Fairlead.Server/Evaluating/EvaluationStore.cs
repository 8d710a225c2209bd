using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Datasets;
using Fairlead.Core.Models;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Fairlead.Serving.Scoring;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Evaluating;

/// <summary>
/// Evaluations from their first row to their figures. Rows come in parts, in order; each part is scored and stored
/// whole, so that a caller who was interrupted goes on behind what is stored.
/// </summary>
internal sealed class EvaluationStore(
    Database database, ControlPlane control, RowScoring scoring, TimeProvider time)
{
    /// <summary>Evaluations that are kept of a version; the oldest beyond them go.</summary>
    public const int MostOfVersion = 50;

    /// <summary>Evaluations of a version whose answers are kept row by row: the newest.</summary>
    public const int MostWithRows = 10;

    /// <summary>So many of the first rows are asked one by one, and timed.</summary>
    private const int TimedRows = 100;

    private static readonly TimeSpan UnfinishedLife = TimeSpan.FromDays(1);

    /// <summary>Begins an evaluation, or finds the one that asks for the same.</summary>
    public Task<EvaluationRow> BeginAsync(
        Principal principal, VersionId id, EvaluationRequest request, CancellationToken cancellation) =>
        control.WriteAsync(principal, request.Reason, async write =>
        {
            var version = await RegistryViews.FindVersionAsync(write.Db, id, write.Cancellation);
            if (RegistryViews.WhyNotServable(version.Model, version.Number, version.Needs) is { } needs)
                throw new RefusalException(new Refusal(RefusalKind.Conflict, "version_not_servable", needs));
            var spec = EvaluationRules.Read(request, StoredJson.Read<Manifest>(version.Manifest).Signature);
            await ThrowIfOtherDataAsync(write, spec);

            var question = Question(spec);
            var known = await write.Db.Set<EvaluationRow>()
                .Where(row => row.Model == version.Model && row.Number == version.Number && row.Question == question)
                .OrderByDescending(row => row.Id).FirstOrDefaultAsync(write.Cancellation);
            if (known is not null && (known.FinishedAt is null || !request.Again && known.HasRows))
                return known;

            await TidyAsync(write, version, keep: MostOfVersion - 1);
            var row = new EvaluationRow
            {
                Model = version.Model,
                Number = version.Number,
                Spec = StoredJson.Write(spec),
                Question = question,
                HasRows = true,
                CreatedAt = write.NowMicroseconds,
                CreatedBy = write.Principal.Name,
            };
            write.Db.Add(row);
            await write.Db.SaveChangesAsync(write.Cancellation);
            write.Record("evaluation.begin", $"{ModelWrites.Subject(id)}/evaluations/{row.Id}", null, spec);
            return row;
        }, cancellation);

    /// <summary>Scores the next rows and keeps the answers.</summary>
    public async Task<EvaluationRow> AddAsync(
        EvaluationRow row, EvaluationRowsRequest request, CancellationToken cancellation)
    {
        var spec = StoredJson.Read<EvaluationSpec>(row.Spec);
        if (row.FinishedAt is not null)
            throw new RefusalException(Finished(row));
        EvaluationRules.ThrowIfUnfit(spec, row.Rows, request);

        var version = await database.ReadAsync(db => RegistryViews.FindVersionAsync(
            db, new VersionId(ModelName.Parse(row.Model), row.Number), cancellation), cancellation);
        var question = new ScoreQuestion(
            JsonSerializer.SerializeToElement(request.Rows), spec.Output, spec.Score, row.Rows == 0 ? TimedRows : 0,
            OneByOne: !StoredJson.Read<ProbeReport>(version.Probe).Batchable);
        var answers = await scoring.ScoreAsync(
            StoredJson.Read<Manifest>(version.Manifest), question, cancellation);
        var part = new EvaluationPart(request.Labels, answers.Predicted, answers.Scores, request.Segments);
        var times = row.Rows == 0 ? StoredJson.Write(answers.Milliseconds) : row.Times;
        if (!await KeepAsync(row, part, times, cancellation))
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "evaluation_rows_moved",
                "Somebody else sent rows of this evaluation meanwhile; look where it stands."));
        }

        (row.Rows, row.Times) = (row.Rows + request.Rows.Count, times);
        return row;
    }

    /// <summary>Computes the figures and keeps them with the version.</summary>
    public async Task<EvaluationRow> FinishAsync(Principal principal, EvaluationRow row, CancellationToken cancellation)
    {
        if (row.FinishedAt is not null)
            return row;
        if (row.Rows == 0)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "evaluation_empty",
                "The evaluation has no rows yet."));
        }

        var spec = StoredJson.Read<EvaluationSpec>(row.Spec);
        var result = EvaluationResult.Of(spec, await RowsAsync(row, cancellation),
            StoredJson.Read<List<double>>(row.Times));
        return await control.WriteAsync(principal, null, async write =>
        {
            var present = await write.Db.Set<EvaluationRow>().SingleAsync(
                each => each.Id == row.Id, write.Cancellation);
            if (present.FinishedAt is not null)
                return present;
            if (present.Rows != row.Rows)
                throw new RefusalException(Moved(present.Rows));
            (present.Result, present.FinishedAt) = (StoredJson.Write(result), write.NowMicroseconds);
            var id = new VersionId(ModelName.Parse(row.Model), row.Number);
            write.Record("evaluation.finish", $"{ModelWrites.Subject(id)}/evaluations/{row.Id}", null,
                new { rows = present.Rows, figures = result.Overall() });
            await write.Db.SaveChangesAsync(write.Cancellation);
            await ForgetRowsAsync(write, present);
            return present;
        }, cancellation);
    }

    /// <summary>The evaluation of a number; refused where there is none.</summary>
    public async Task<EvaluationRow> FindAsync(long id, CancellationToken cancellation) =>
        await database.ReadAsync(db => db.Set<EvaluationRow>().SingleOrDefaultAsync(
            row => row.Id == id, cancellation), cancellation)
        ?? throw new RefusalException(NotFound(id));

    public static Refusal NotFound(long id) =>
        new(RefusalKind.NotFound, "evaluation_not_found", $"There is no evaluation {id}.");

    /// <summary>The answers row by row.</summary>
    public async Task<List<(LabelledRow Row, string? Segment)>> RowsAsync(
        EvaluationRow row, CancellationToken cancellation)
    {
        var task = StoredJson.Read<EvaluationSpec>(row.Spec).Task;
        var parts = await database.ReadAsync(db => db.Set<EvaluationPartRow>()
            .Where(part => part.Evaluation == row.Id).OrderBy(part => part.First).ToListAsync(cancellation),
            cancellation);
        return [.. parts.SelectMany(part => EvaluationPart.Read(part.Content).Rows(task))];
    }

    /// <summary>A version goes, and its evaluations with it.</summary>
    public static async Task VersionGoesAsync(WriteScope write, string model, int? number)
    {
        var rows = write.Db.Set<EvaluationRow>().Where(row => row.Model == model);
        if (number is { } only)
            rows = rows.Where(row => row.Number == only);
        var ids = await rows.Select(row => row.Id).ToListAsync(write.Cancellation);
        await RemoveAsync(write, ids);
    }

    private async Task<bool> KeepAsync(
        EvaluationRow row, EvaluationPart part, string times, CancellationToken cancellation)
    {
        var kept = false;
        await database.OperateAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            var changed = await db.Set<EvaluationRow>()
                .Where(each => each.Id == row.Id && each.Rows == row.Rows && each.FinishedAt == null)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(each => each.Rows, row.Rows + part.Labels.Count)
                    .SetProperty(each => each.Times, times), cancellation);
            if (changed == 0)
                return;
            db.Add(new EvaluationPartRow { Evaluation = row.Id, First = row.Rows, Content = part.Write() });
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(CancellationToken.None);
            kept = true;
        }, cancellation);
        return kept;
    }

    private static async Task ThrowIfOtherDataAsync(WriteScope write, EvaluationSpec spec)
    {
        if (spec.Dataset is null)
            return;
        var use = DatasetUse.ParseAll([spec.Dataset])[0];
        var found = (await Datasets.VersionDatasets.FindAsync(write, [use]))[0];
        if (found.Digest != $"sha256:{spec.Digest}")
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "dataset_digest_differs",
                $"{spec.Dataset} was registered with the digest {found.Digest}, the file has sha256:{spec.Digest}."));
        }
    }

    /// <summary>Removes what was begun and given up, and the oldest beyond what is kept.</summary>
    private async Task TidyAsync(WriteScope write, VersionRow version, int keep)
    {
        var dead = (time.GetUtcNow() - UnfinishedLife).ToMicroseconds();
        var rows = await write.Db.Set<EvaluationRow>()
            .Where(row => row.Model == version.Model && row.Number == version.Number)
            .OrderByDescending(row => row.Id).Select(row => new { row.Id, row.FinishedAt, row.CreatedAt })
            .ToListAsync(write.Cancellation);
        var live = rows.Where(row => row.FinishedAt is not null || row.CreatedAt > dead).Select(row => row.Id).ToList();
        await RemoveAsync(write, [.. rows.Select(row => row.Id).Except(live.Take(keep))]);
    }

    private static async Task ForgetRowsAsync(WriteScope write, EvaluationRow of)
    {
        var rows = await write.Db.Set<EvaluationRow>()
            .Where(row => row.Model == of.Model && row.Number == of.Number && row.HasRows && row.FinishedAt != null)
            .OrderByDescending(row => row.Id).Skip(MostWithRows).ToListAsync(write.Cancellation);
        foreach (var row in rows)
        {
            row.HasRows = false;
            await write.Db.Set<EvaluationPartRow>().Where(part => part.Evaluation == row.Id)
                .ExecuteDeleteAsync(write.Cancellation);
        }
    }

    private static async Task RemoveAsync(WriteScope write, List<long> ids)
    {
        if (ids.Count == 0)
            return;
        await write.Db.Set<EvaluationPartRow>().Where(part => ids.Contains(part.Evaluation))
            .ExecuteDeleteAsync(write.Cancellation);
        await write.Db.Set<EvaluationRow>().Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync(write.Cancellation);
    }

    /// <summary>Two evaluations that ask the same have the same question.</summary>
    private static string Question(EvaluationSpec spec) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StoredJson.Write(spec with { Source = "" }))));

    private static Refusal Moved(int rows) => new(RefusalKind.Conflict, "evaluation_rows_moved",
        $"The evaluation has {rows} rows by now; somebody else sends rows of it.")
    { Present = rows };

    private static Refusal Finished(EvaluationRow row) => new(RefusalKind.Conflict, "evaluation_finished",
        $"The evaluation {row.Id} is finished; begin another one.");
}
