using System.Collections.Immutable;
using Fairlead.Core.Alerts;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Monitors;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Quality;
using Fairlead.Server.Storage;
using Fairlead.Serving.Windows;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>
/// Looks for drift in all columns together: the numbers of requests, as they were kept with their answers, against
/// those of the time before, version by version.
/// </summary>
internal sealed class RowDriftWatcher(Database database, KeptRows kept)
{
    /// <param name="look">The look.</param>
    /// <param name="watch">The monitor; it asks for rows.</param>
    /// <param name="window">What is looked at, and how often.</param>
    /// <param name="cancellation">Ends the look.</param>
    public async Task<IReadOnlyList<MonitorFinding>> LookAsync(
        MonitorLook look, DriftWatch watch, DriftWindow window, CancellationToken cancellation)
    {
        var begin = look.Now - window.Length;
        var current = await kept.ReadAsync(look.Endpoint, begin, look.Now, cancellation);
        var past = await kept.ReadAsync(look.Endpoint, begin - watch.Together!.Past, begin, cancellation);
        if (current.Count == 0)
        {
            return [MonitorFinding.Whole(new(AlertSign.NoData, double.NaN,
                "all columns together: no request with one row of numbers was kept in the time that is looked at"))];
        }

        var all = current.Concat(past).Select(row => row.Generation);
        var versions = await ArmVersions.ReadAsync(database, look.Endpoint, all.Min(), all.Max(), cancellation);
        var before = past.ToLookup(row => versions.Find(row.Generation, row.Arm), row => row.Numbers);
        var arms = current.GroupBy(row => versions.Find(row.Generation, row.Arm), row => row.Numbers)
            .Where(arm => arm.Key is { } of && look.Wants(of.Variant)).ToList();
        var findings = new List<MonitorFinding>();
        foreach (var arm in arms)
        {
            var names = await NamesAsync(arm.Key!.Version, cancellation);
            var policy = new RowDriftPolicy
            {
                Method = watch.Together.Method,
                Threshold = watch.Together.Threshold,
                Alpha = DriftPolicy.AlphaFor(
                    watch.FalseAlarms / 2 * window.Repeated, window.Every, Math.Max(1, arms.Count)),
                MinimumRows = watch.MinimumRows,
                Seed = (ulong)look.LastMinute,
            };
            findings.Add(Finding(arm.Key, RowDrift.Judge(
                names, Fitting(before[arm.Key], names), Fitting(arm, names), policy)));
        }

        return findings;
    }

    private static MonitorFinding Finding(ArmVersion arm, DriftFinding found) =>
        MonitorFinding.OfArm(arm.Variant, arm.Version, new AlertReading(
            found.State switch
            {
                DriftState.Drift => AlertSign.Breach,
                DriftState.Ok => AlertSign.Clear,
                _ => AlertSign.NoData,
            }, found.Effect, found.Sentence))
        .With("aspect", DriftViews.Word(found.Aspect));

    /// <summary>Rows of as many numbers as the version's inputs have; others were of a form that is none of a row.
    /// </summary>
    private static List<double[]> Fitting(IEnumerable<double[]> rows, ImmutableArray<string> names) =>
        [.. rows.Where(row => row.Length == names.Length)];

    private async Task<ImmutableArray<string>> NamesAsync(string version, CancellationToken cancellation)
    {
        if (VersionId.Read(version) is not { } id)
            return [];
        var model = id.Model.ToString();
        var manifest = await database.ReadAsync(db => db.Versions
            .Where(row => row.Model == model && row.Number == id.Number).Select(row => row.Manifest)
            .SingleOrDefaultAsync(cancellation), cancellation);
        return manifest is null ? [] : WindowLayout.NumbersOf(StoredJson.Read<Manifest>(manifest).Signature.Inputs);
    }
}
