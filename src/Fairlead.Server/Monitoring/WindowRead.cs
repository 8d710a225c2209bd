using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>What one arm with one version did over a stretch.</summary>
/// <param name="Arm">The arm's name.</param>
/// <param name="Version"><c>model/3</c>, or the word for what answers without a model.</param>
/// <param name="From">First minute, since 1970 UTC.</param>
/// <param name="To">The minute after the last one.</param>
/// <param name="Window">What it did.</param>
internal sealed record ArmStretch(string Arm, string Version, long From, long To, WindowSketch Window);

/// <summary>
/// Puts stretches of time together from stored windows, from as few as can be: days and hours that lie wholly inside,
/// minutes at the ends and where nothing was merged yet.
/// </summary>
internal sealed class WindowRead(Database database, WindowFiles files)
{
    /// <summary>Most windows that one question may read.</summary>
    public const int MostWindows = 20_000;

    private const string Index = """
        SELECT arm, version, arm_name, level, minute, replica, digest, requests, failed FROM windows
        WHERE endpoint = @endpoint AND minute >= @from AND minute < @to
        ORDER BY arm, version, minute, replica
        LIMIT @most
        """;

    /// <summary>Every arm and version that did something, by arm, and by time where the stretch is divided.</summary>
    /// <param name="endpoint">The endpoint's number.</param>
    /// <param name="from">First minute.</param>
    /// <param name="to">The minute after the last one.</param>
    /// <param name="each">Minutes of a part; 0: the whole stretch in one.</param>
    /// <param name="wanted">Which arms.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<ArmStretch>> ReadAsync(
        int endpoint, long from, long to, long each, Func<string, bool> wanted, CancellationToken cancellation)
    {
        try
        {
            return await ReadOnceAsync(endpoint, from, to, each, wanted, cancellation);
        }
        catch (ArtifactMissingException)
        {
            // Windows were merged between the look at the index and the reading of one.
            return await ReadOnceAsync(endpoint, from, to, each, wanted, cancellation);
        }
    }

    private async Task<IReadOnlyList<ArmStretch>> ReadOnceAsync(
        int endpoint, long from, long to, long each, Func<string, bool> wanted, CancellationToken cancellation)
    {
        var rows = await IndexAsync(endpoint, from, to, cancellation);
        var stretches = new List<ArmStretch>();
        foreach (var arm in rows.Where(row => wanted(row.ArmName)).GroupBy(row => (row.Arm, row.Version)))
        {
            var length = each == 0 ? to - from : each;
            for (var start = each == 0 ? from : from - from % each; start < to; start += length)
            {
                var (first, last) = (Math.Max(start, from), Math.Min(start + length, to));
                var chosen = Choose([.. arm], first, last);
                if (chosen.Count == 0)
                    continue;
                var window = new WindowSketch([], (ulong)first);
                foreach (var row in chosen)
                    window.Merge(await files.GetAsync(row.Digest, cancellation));
                stretches.Add(new ArmStretch(chosen[^1].ArmName, arm.Key.Version, first, last, window));
            }
        }

        return stretches;
    }

    /// <summary>How many requests each arm and version got, and failed at, over a stretch: from the index.</summary>
    public async Task<IReadOnlyList<(string Arm, string Version, long Requests, long Failed)>> CountAsync(
        int endpoint, long from, long to, Func<string, bool> wanted, CancellationToken cancellation) =>
    [
        .. (await IndexAsync(endpoint, from, to, cancellation)).Where(row => wanted(row.ArmName))
            .GroupBy(row => (row.ArmName, row.Version, row.Arm))
            .Select(arm => (arm.Key, Rows: Choose([.. arm], from, to)))
            .Select(arm => (arm.Key.ArmName, arm.Key.Version, arm.Rows.Sum(row => row.Requests),
                arm.Rows.Sum(row => row.Failed))),
    ];

    /// <summary>The fewest rows of one arm that together are the minutes from the first to the last.</summary>
    internal static List<WindowRow> Choose(IReadOnlyList<WindowRow> rows, long first, long last)
    {
        var chosen = new List<WindowRow>();
        var covered = new HashSet<(int Level, long Start)>();
        foreach (var level in WindowLevel.LongestFirst)
        {
            foreach (var row in rows.Where(row => row.Level == level.Number))
            {
                if (row.Minute < first || row.Minute + level.Minutes > last || IsCovered(covered, row.Minute, level))
                    continue;
                chosen.Add(row);
            }

            foreach (var row in chosen.Where(row => row.Level == level.Number))
                covered.Add((level.Number, row.Minute));
        }

        return [.. chosen.OrderBy(row => row.Minute)];
    }

    private static bool IsCovered(HashSet<(int Level, long Start)> covered, long minute, WindowLevel level) =>
        WindowLevel.LongestFirst.TakeWhile(longer => longer != level)
            .Any(longer => covered.Contains((longer.Number, longer.StartOf(minute))));

    private async Task<List<WindowRow>> IndexAsync(int endpoint, long from, long to, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var rows = await statements.QueryAsync(Index, reader => new WindowRow
        {
            Endpoint = endpoint,
            Arm = reader.GetInt32(0),
            Version = reader.GetString(1),
            ArmName = reader.GetString(2),
            Level = reader.GetInt32(3),
            Minute = reader.GetInt64(4),
            Replica = reader.GetString(5),
            Digest = reader.GetString(6),
            Requests = reader.GetInt64(7),
            Failed = reader.GetInt64(8),
        }, cancellation, ("endpoint", endpoint), ("from", from), ("to", to), ("most", MostWindows + 1));
        return rows.Count <= MostWindows
            ? rows
            : throw new RefusalException(new Refusal(RefusalKind.Invalid, "too_many_windows",
                $"This stretch has more than {MostWindows} windows; ask for a shorter one.")
            { Field = "from" });
    }
}
