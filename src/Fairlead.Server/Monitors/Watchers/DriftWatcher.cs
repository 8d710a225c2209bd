using Fairlead.Core.Alerts;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Monitors;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>
/// Looks for drift in windows of many lengths, each as often as an eighth of its length. What the longer ones found
/// counts until they are looked at again.
/// </summary>
internal sealed class DriftWatcher(WindowRead windows, References references, RowDriftWatcher rows)
{
    /// <summary>What is remembered of all columns together stands before the windows of each.</summary>
    private const int RowsKey = -1;

    private static readonly IReadOnlyList<DriftWindow> Ladder =
        DriftWindow.Ladder(TimeSpan.FromMinutes(5), DriftWatch.Windows);

    public async Task<LookResult> LookAsync(MonitorLook look, DriftWatch watch, CancellationToken cancellation)
    {
        var memory = look.Memory is null ? [] : StoredJson.Read<Dictionary<int, WindowMemory>>(look.Memory);
        var due = Ladder.Index().Where(each => IsDue(look, each.Item)).ToList();
        if (due.Count > 0)
            await LookAsync(look, watch, due, memory, cancellation);
        if (watch.Together is { } together)
        {
            var window = new DriftWindow(together.Window, Longer(together.Window / 8, Ladder[0].Every));
            if (IsDue(look, window))
            {
                memory[RowsKey] = new WindowMemory(await rows.LookAsync(
                    look, watch, window, cancellation));
            }
        }

        var found = Together(memory);
        Forget(memory);
        if (found.Count == 0)
        {
            found.Add(MonitorFinding.Whole(new(
                AlertSign.NoData, double.NaN, "nothing was asked in the time that is looked at")));
        }

        return new(found, StoredJson.Write(memory));
    }

    /// <summary>
    /// A window is due where a multiple of its interval has passed since the look before, of which something must be
    /// remembered: a monitor that was changed begins anew with all of them.
    /// </summary>
    private static bool IsDue(MonitorLook look, DriftWindow window) =>
        look.Memory is null || look.LookedAt is not { } before
        || before.Ticks / window.Every.Ticks != look.Now.Ticks / window.Every.Ticks;

    private async Task LookAsync(
        MonitorLook look, DriftWatch watch, List<(int Index, DriftWindow Window)> due,
        Dictionary<int, WindowMemory> memory, CancellationToken cancellation)
    {
        // One reference for all of them, before the longest: what is looked at must not be part of what it is held
        // against.
        var to = look.LastMinute;
        var reference = ReferenceQuery.Parse(watch.Reference);
        var before = to - (long)due[^1].Window.Length.TotalMinutes;
        var held = new Dictionary<(string Arm, string Version), ReferenceColumns>();
        var sums = new Dictionary<(string Arm, string Version), WindowSketch>();
        var longest = (long)Ladder[^1].Length.TotalMinutes;
        var asked = (await windows.CountAsync(look.Endpoint, to - longest, to, look.Wants, cancellation))
            .GroupBy(arm => (arm.Arm, arm.Version))
            .ToDictionary(arm => arm.Key, arm => (double)arm.Sum(each => each.Requests) / longest);
        var from = to;
        foreach (var (index, window) in due)
        {
            // Each is the one before and what lies behind that, so that every stored window is read once.
            var (start, end) = (to - (long)window.Length.TotalMinutes, from);
            foreach (var part in await windows.ReadAsync(look.Endpoint, start, end, 0, look.Wants, cancellation))
            {
                if (sums.TryAdd((part.Arm, part.Version), part.Window))
                {
                    held[(part.Arm, part.Version)] = await references.ReadAsync(
                        look.Endpoint, part.Arm, part.Version, reference, before, look.Now, cancellation);
                }
                else
                {
                    sums[(part.Arm, part.Version)].Merge(part.Window);
                }
            }

            from = start;
            memory[index] = new WindowMemory([.. sums.SelectMany(arm => Judge(
                arm.Key, arm.Value, held[arm.Key], watch, index, asked.GetValueOrDefault(arm.Key)))]);
        }
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>A method that was set has a size that matters in a unit of its own, so nothing is known of it.
    /// </summary>
    private static DriftPolicy Policy(
        DriftWatch watch, int window, List<ColumnPair> pairs, double requestsAMinute)
    {
        var usual = DriftMethod.ShapeAndMean.DefaultThreshold();
        var sizes = !watch.Methods.IsEmpty || pairs.Count == 0 ? null : new DriftSizes(
            requestsAMinute, pairs.Max(pair => pair.Reference.Rows), pairs.Count)
        {
            Threshold = watch.Thresholds.Values.Append(usual).Min(),
        };
        return DriftPolicy.Of(watch.FalseAlarmsOfColumns, Ladder, window, sizes) with
        {
            MinimumRows = watch.MinimumRows,
            Methods = watch.Methods,
            Thresholds = watch.Thresholds,
        };
    }

    private static IEnumerable<MonitorFinding> Judge(
        (string Arm, string Version) arm, WindowSketch current, ReferenceColumns reference, DriftWatch watch,
        int window, double requestsAMinute)
    {
        var pairs = reference.PairsWith(current, out var left)
            .Where(pair => watch.Columns.IsEmpty || watch.Columns.Contains(pair.Name)).ToList();
        var findings = DriftJudgement.Judge(pairs, Policy(watch, window, pairs, requestsAMinute)).Findings;
        return findings.Select(finding => MonitorFinding.OfArm(arm.Arm, arm.Version, new AlertReading(
                finding.State switch
                {
                    DriftState.Drift => AlertSign.Breach,
                    DriftState.Ok => AlertSign.Clear,
                    _ => AlertSign.NoData,
                }, finding.Effect, finding.Sentence))
            .With("column", finding.Column).With("aspect", DriftViews.Word(finding.Aspect)))
            .Concat(NotCompared(arm, watch, pairs, reference.Sentence, left));
    }

    /// <summary>What is asked for and cannot be compared is said, for a monitor that watches nothing seems well.
    /// </summary>
    private static IEnumerable<MonitorFinding> NotCompared(
        (string Arm, string Version) arm, DriftWatch watch, List<ColumnPair> pairs, string reference,
        IReadOnlyList<string> left)
    {
        if (watch.Columns.IsEmpty && pairs.Count == 0)
        {
            yield return MonitorFinding.OfArm(arm.Arm, arm.Version, new(
                AlertSign.NoData, double.NaN, $"no column is compared; the reference is {reference}"));
        }

        foreach (var column in watch.Columns.Except(pairs.Select(pair => pair.Name)))
        {
            var why = left.FirstOrDefault(each => each.StartsWith($"'{column}' ", StringComparison.Ordinal))
                ?? $"'{column}' is no column of what was asked and answered";
            yield return MonitorFinding.OfArm(arm.Arm, arm.Version, new(
                AlertSign.NoData, double.NaN, $"{why}; the reference is {reference}")).With("column", column);
        }
    }

    /// <summary>Of each thing what the windows say together: the most telling, and of those the longest.</summary>
    private static List<MonitorFinding> Together(Dictionary<int, WindowMemory> memory) =>
    [
        .. memory.OrderBy(each => each.Key).SelectMany(each => each.Value.Findings)
            .GroupBy(Key)
            .Select(same => same.Aggregate((best, next) => Weight(next) >= Weight(best) ? next : best)),
    ];

    /// <summary>
    /// What a longer window says as tellingly is not remembered: when that one is looked at again, so are all shorter
    /// ones.
    /// </summary>
    private static void Forget(Dictionary<int, WindowMemory> memory)
    {
        var told = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (window, found) in memory.OrderByDescending(each => each.Key).ToList())
        {
            var kept = found.Findings.Where(finding => Weight(finding) > told.GetValueOrDefault(Key(finding), -1))
                .ToList();
            memory[window] = new WindowMemory(kept);
            foreach (var finding in kept)
                told[Key(finding)] = Weight(finding);
        }
    }

    private static string Key(MonitorFinding finding) =>
        string.Join('\n', finding.Subject.Select(part => $"{part.Key}={part.Value}"));

    /// <summary>That one window has too few rows says nothing where another has enough.</summary>
    private static int Weight(MonitorFinding finding) => finding.Reading.Sign switch
    {
        AlertSign.Breach => 2,
        AlertSign.Clear => 1,
        _ => 0,
    };

    /// <summary>What the last look at a window of one length found.</summary>
    private sealed record WindowMemory(IReadOnlyList<MonitorFinding> Findings);
}
