using System.Globalization;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Search;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Tracking;

/// <summary>Makes, changes, finds, deletes and restores experiments; every change leaves its audit row.</summary>
internal sealed class Experiments(Database database, ControlPlane control)
{
    /// <summary>Reads an experiment's number; what is none names nothing.</summary>
    public static int Number(string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RefusalException(RunRefusals.NoExperiment(id));

    /// <summary>Makes an experiment.</summary>
    /// <param name="location">Where its artifacts go; null: to this server.</param>
    public Task<int> CreateAsync(
        Principal caller, string name, string? location, IReadOnlyDictionary<string, string> tags,
        CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            if (await write.Db.Experiments.SingleOrDefaultAsync(row => row.Name == name, write.Cancellation)
                is { } present)
            {
                throw new RefusalException(new Refusal(RefusalKind.Conflict, "experiment_exists",
                    present.DeletedAt is null
                        ? $"Experiment '{name}' already exists."
                        : $"Experiment '{name}' already exists in deleted state. You can restore the experiment, or "
                            + "permanently delete it, to create a new one.")
                { Field = "name" });
            }

            var number = await write.Db.Experiments.MaxAsync(row => row.Number, write.Cancellation) + 1;
            write.Db.Experiments.Add(new ExperimentRow
            {
                Number = number,
                Name = name,
                ArtifactLocation = location
                    ?? string.Create(CultureInfo.InvariantCulture, $"mlflow-artifacts:/{number}"),
                Tags = StoredJson.Write(tags),
                CreatedAt = write.NowMicroseconds,
                ChangedAt = write.NowMicroseconds,
            });
            write.Record("experiment.create", Subject(number), null, new { name, location });
            await write.Db.SaveChangesAsync(write.Cancellation);
            return number;
        }, cancellation);

    public Task<ExperimentRow> GetAsync(int number, CancellationToken cancellation) =>
        database.ReadAsync(db => FindAsync(db, number, cancellation), cancellation);

    /// <summary>The experiment of a name, deleted or not; null when there is none.</summary>
    public Task<ExperimentRow?> FindAsync(string name, CancellationToken cancellation) =>
        database.ReadAsync(
            db => db.Experiments.SingleOrDefaultAsync(row => row.Name == name, cancellation), cancellation);

    public Task RenameAsync(Principal caller, int number, string name, CancellationToken cancellation) =>
        ChangeAsync(caller, number, async (write, row) =>
        {
            if (row.Name == name)
                return;
            if (await write.Db.Experiments.AnyAsync(each => each.Name == name, write.Cancellation))
            {
                throw new RefusalException(new Refusal(RefusalKind.Conflict, "experiment_exists",
                    $"Experiment '{name}' already exists.")
                { Field = "new_name" });
            }

            write.Record("experiment.rename", Subject(number), new { row.Name }, new { name });
            row.Name = name;
        }, cancellation);

    /// <summary>Sets a tag; null removes it, and refuses one that is not there.</summary>
    public Task TagAsync(Principal caller, int number, string key, string? value, CancellationToken cancellation) =>
        ChangeAsync(caller, number, (write, row) =>
        {
            var tags = StoredJson.Read<SortedDictionary<string, string>>(row.Tags);
            var before = tags.GetValueOrDefault(key);
            if (value is not null)
                tags[key] = value;
            else if (!tags.Remove(key))
            {
                throw new RefusalException(new Refusal(RefusalKind.NotFound, "tag_not_found",
                    $"No tag with name: {key} in experiment with id {number}"));
            }

            write.Record("experiment.tag", Subject(number), new { key, value = before }, new { key, value });
            row.Tags = StoredJson.Write(tags);
            return Task.CompletedTask;
        }, cancellation);

    /// <summary>Deletes an experiment with its runs; they come back together.</summary>
    public Task DeleteAsync(Principal caller, int number, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var row = await FindAsync(write.Db, number, write.Cancellation);
            if (number == ExperimentRow.Default)
            {
                throw new RefusalException(RunRefusals.Invalid("experiment_id",
                    "The experiment 0 is the default one and cannot be deleted; delete its runs."));
            }

            if (row.DeletedAt is not null)
                throw new RefusalException(RunRefusals.NoExperiment(Text(number)));
            row.DeletedAt = row.ChangedAt = write.NowMicroseconds;
            await write.Db.SaveChangesAsync(write.Cancellation);
            await write.Db.Database.ExecuteSqlAsync(
                $"""
                UPDATE runs SET deleted_at = {write.NowMicroseconds}, deleted_with_experiment = 1
                WHERE experiment = {number} AND deleted_at IS NULL
                """, write.Cancellation);
            write.Record("experiment.delete", Subject(number), new { row.Name }, null);
            return true;
        }, cancellation);

    public Task RestoreAsync(Principal caller, int number, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var row = await FindAsync(write.Db, number, write.Cancellation);
            if (row.DeletedAt is null)
                throw new RefusalException(RunRefusals.NoExperiment(Text(number)));
            row.DeletedAt = null;
            row.ChangedAt = write.NowMicroseconds;
            await write.Db.SaveChangesAsync(write.Cancellation);
            await write.Db.Database.ExecuteSqlAsync(
                $"""
                UPDATE runs SET deleted_at = NULL, deleted_with_experiment = 0
                WHERE experiment = {number} AND deleted_with_experiment = 1
                """, write.Cancellation);
            write.Record("experiment.restore", Subject(number), null, new { row.Name });
            return true;
        }, cancellation);

    /// <summary>Searches experiments.</summary>
    public async Task<(List<ExperimentRow> Rows, string? Next, long? Count)> SearchAsync(
        string? filter, IReadOnlyList<string> orders, bool? deleted, int limit, string? token, bool counts,
        CancellationToken cancellation)
    {
        var node = SearchFilter.Parse(filter, SearchSchema.Experiments);
        var order = SearchFilter.ParseOrder(orders, SearchSchema.Experiments);
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var (rows, next) = await Query(order).PageAsync(statements, limit, token, ExperimentTable.Read, cancellation);
        var count = counts ? await Query([]).CountAsync(statements, cancellation) : (long?)null;
        return (rows, next, count);

        SearchQuery Query(IReadOnlyList<SearchOrder> by) => new(new ExperimentTable(by.Count > 0),
            new SqlText(database.IsShared), node, by, deleted switch
            {
                null => "",
                true => "e.deleted_at IS NOT NULL",
                false => "e.deleted_at IS NULL",
            });
    }

    internal static async Task<ExperimentRow> FindAsync(
        FairleadDbContext db, int number, CancellationToken cancellation) =>
        await db.Experiments.SingleOrDefaultAsync(row => row.Number == number, cancellation)
        ?? throw new RefusalException(RunRefusals.NoExperiment(Text(number)));

    private Task<bool> ChangeAsync(
        Principal caller, int number, Func<WriteScope, ExperimentRow, Task> change, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var row = await FindAsync(write.Db, number, write.Cancellation);
            if (row.DeletedAt is not null)
                throw new RefusalException(RunRefusals.ExperimentNotActive(number));
            await change(write, row);
            if (write.Db.Entry(row).State == EntityState.Modified)
                row.ChangedAt = write.NowMicroseconds;
            await write.Db.SaveChangesAsync(write.Cancellation);
            return true;
        }, cancellation);

    private static string Subject(int number) => $"experiments/{Text(number)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
