using System.Globalization;
using Fairlead.Core.Datasets;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Datasets;
using Fairlead.Server.Storage;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Sketches;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Monitoring;

/// <summary>
/// Finds what an arm with a version is held against: its own past, a dataset, or the data that the version learnt from.
/// </summary>
internal sealed class References(Database database, WindowRead windows, WindowFiles files)
{
    /// <param name="endpoint">The endpoint's number.</param>
    /// <param name="arm">The arm's name.</param>
    /// <param name="version">What answers there: <c>model/3</c>, or the word for what answers without a model.</param>
    /// <param name="reference">What is wanted. A dataset that does not exist is refused.</param>
    /// <param name="before">The minute at which the look begins; a rolling reference ends there.</param>
    /// <param name="now">The present, which says what is still kept of the past.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<ReferenceColumns> ReadAsync(
        int endpoint, string arm, string version, DriftReference reference, long before, DateTimeOffset now,
        CancellationToken cancellation) => reference switch
        {
            DriftReference.Past past =>
                await PastAsync(endpoint, arm, version, new Stretch(past.From, past.To), cancellation),
            DriftReference.Rolling rolling =>
                await PastAsync(endpoint, arm, version, StretchOf(rolling, before, now), cancellation),
            DriftReference.Dataset dataset => await DataAsync([dataset.Id], version, cancellation),
            _ => await TrainingAsync(version, cancellation),
        };

    /// <summary>The minutes of a rolling reference, rounded outward to what is kept, and never into the look.</summary>
    /// <param name="rolling">How long it is.</param>
    /// <param name="before">The minute at which the look begins.</param>
    /// <param name="now">The present.</param>
    public static Stretch StretchOf(DriftReference.Rolling rolling, long before, DateTimeOffset now)
    {
        var (from, _) = WindowLevel.Kept(
            before - (long)Math.Ceiling(rolling.Length.TotalMinutes), before, now.ToUnixTimeSeconds() / 60);
        return new Stretch(from, before);
    }

    private async Task<ReferenceColumns> PastAsync(
        int endpoint, string arm, string version, Stretch past, CancellationToken cancellation)
    {
        var found = await windows.ReadAsync(endpoint, past.From, past.To, 0, name => name == arm, cancellation);
        var words = $"what it did from {Moment(past.From)} to {Moment(past.To)}";
        if (found.FirstOrDefault(each => each.Version == version)?.Window is not { } window)
            return ReferenceColumns.Without($"{words}, when this version was asked nothing", isData: false);
        return new ReferenceColumns(
            words,
            [.. window.Columns.Select(column => new ReferenceColumn(column.Name, column.IsOutput, column.Sketch))],
            window.Confidence, IsData: false);
    }

    private async Task<ReferenceColumns> TrainingAsync(string version, CancellationToken cancellation)
    {
        if (await FindAsync(version, cancellation) is not { } row)
            return ReferenceColumns.Without($"nothing: {version} has learnt from no data", isData: true);
        var training = await database.ReadAsync(db => db.VersionDatasets
            .Where(use => use.Model == row.Model && use.Number == row.Number && use.Role == DatasetUse.Training)
            .OrderBy(use => use.Dataset).ThenBy(use => use.DatasetVersion).ToListAsync(cancellation), cancellation);
        return training.Count == 0
            ? ReferenceColumns.Without($"nothing: {version} names no dataset that it was trained on; register it with "
                + "one ('--data NAME/VERSION')", isData: true)
            : await DataAsync(
                [.. training.Select(use => new DatasetId(DatasetName.Parse(use.Dataset), use.DatasetVersion))],
                version, cancellation);
    }

    /// <summary>One dataset, or several that are taken as one.</summary>
    private async Task<ReferenceColumns> DataAsync(
        IReadOnlyList<DatasetId> ids, string version, CancellationToken cancellation)
    {
        var all = new WindowSketch([], 0);
        foreach (var id in ids)
        {
            var row = await database.ReadAsync(
                db => DatasetViews.FindVersionAsync(db, id, cancellation), cancellation);
            if (row.Profile is not { } profile)
            {
                return ReferenceColumns.Without(
                    $"nothing: dataset {id} has no statistics, {row.NoProfileBecause}", isData: true);
            }

            all.Merge(await GetAsync(profile, id, cancellation));
        }

        var roundings = await RoundingsAsync(version, cancellation);
        var rows = all.Rows.ToString("#,0", CultureInfo.InvariantCulture);
        return new ReferenceColumns(
            $"dataset {string.Join(" and ", ids)}, {rows} rows",
            [
                .. all.Columns.Select(column => new ReferenceColumn(
                    column.Name, null, column.Sketch, roundings.GetValueOrDefault(column.Name))),
            ], null, IsData: true)
        {
            Datasets = [.. ids.Select(id => id.ToString())],
        };
    }

    private async Task<WindowSketch> GetAsync(string profile, DatasetId id, CancellationToken cancellation)
    {
        try
        {
            return await files.GetAsync(profile, cancellation);
        }
        catch (Exception gone) when (gone is ArtifactMissingException or InvalidDataException)
        {
            throw new RefusalException(new Refusal(RefusalKind.Unavailable, "profile_unreadable",
                $"The statistics of dataset {id} cannot be read: {gone.Message}"));
        }
    }

    /// <summary>How the numbers of a file become those that this version is given, by column.</summary>
    private async Task<IReadOnlyDictionary<string, Func<double, double>>> RoundingsAsync(
        string version, CancellationToken cancellation)
    {
        var roundings = new Dictionary<string, Func<double, double>>(StringComparer.Ordinal);
        if (await FindAsync(version, cancellation) is not { } row)
            return roundings;
        var signature = StoredJson.Read<Manifest>(row.Manifest).Signature;
        foreach (var column in WindowLayout.Of(signature.Inputs, signature.Outputs).Columns)
        {
            var type = (column.IsOutput ? signature.Outputs : signature.Inputs)[column.Tensor].Type;
            if (column.Kind == WindowColumnKind.Number && RoundingOf(type) is { } rounding)
                roundings.TryAdd(column.Name, rounding);
        }

        return roundings;
    }

    private static Func<double, double>? RoundingOf(ElementType type) => type switch
    {
        ElementType.Float32 => value => (float)value,
        ElementType.Float16 => value => (double)(Half)value,
        ElementType.BFloat16 => value =>
            BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)value) & unchecked((int)0xFFFF0000)),
        _ => null,
    };

    private async Task<VersionRow?> FindAsync(string version, CancellationToken cancellation)
    {
        if (VersionId.Read(version) is not { } id)
            return null;
        var model = id.Model.ToString();
        return await database.ReadAsync(db => db.Versions.SingleOrDefaultAsync(
            row => row.Model == model && row.Number == id.Number, cancellation), cancellation);
    }

    private static string Moment(long minute) =>
        DateTimeOffset.FromUnixTimeSeconds(minute * 60).ToString("u", CultureInfo.InvariantCulture);
}
