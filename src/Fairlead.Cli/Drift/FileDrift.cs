using System.Collections.Concurrent;
using Fairlead.Client.Api;
using Fairlead.Core.Monitoring;
using Fairlead.Server.Monitoring;

namespace Fairlead.Cli.Drift;

/// <summary>What the comparison of two files found.</summary>
/// <param name="Reference">The file that is held against.</param>
/// <param name="ReferenceRows">Its rows.</param>
/// <param name="Current">The file that is looked at.</param>
/// <param name="CurrentRows">Its rows.</param>
/// <param name="Mode"><c>sketch</c> or <c>exact</c>.</param>
/// <param name="State"><c>drift</c>, <c>ok</c>, or <c>insufficient_data</c>, which is never to be taken for OK.</param>
/// <param name="Alpha">The chance of a false alarm over all columns together, where nothing has changed.</param>
/// <param name="NotCompared">Columns that were left out, each with why.</param>
/// <param name="Findings">Every comparison, drift first.</param>
internal sealed record FileDriftReport(
    string Reference, long ReferenceRows, string Current, long CurrentRows, string Mode, string State, double Alpha,
    IReadOnlyList<string> NotCompared, IReadOnlyList<DriftFindingInfo> Findings);

/// <summary>Compares two files column by column, some columns at once, in this process.</summary>
internal static class FileDrift
{
    /// <summary>Columns that are read at once; in the exact mode each takes room for a column of both files.</summary>
    private const int MostThreads = 4, MostExactThreads = 2;

    /// <param name="reference">The file that is held against.</param>
    /// <param name="current">The file that is looked at.</param>
    /// <param name="wanted">Only these columns; none: those that both files have.</param>
    /// <param name="mode">How.</param>
    /// <param name="policy">When a difference is an alarm.</param>
    /// <param name="together">How all columns are compared together, at half of the policy's alpha; null: they are
    /// not.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<FileDriftReport> CompareAsync(
        string reference, string current, IReadOnlyCollection<string> wanted, DriftMode mode, DriftPolicy policy,
        RowDriftPolicy? together, CancellationToken cancellation)
    {
        using var before = await DriftSide.OpenAsync(reference, mode, cancellation);
        using var now = await DriftSide.OpenAsync(current, mode, cancellation);
        foreach (var side in (DriftSide[])[before, now])
        {
            if (side.Rows == 0)
                throw CliException.Usage($"{side.Path} holds no rows.");
        }

        var (columns, notCompared) = Match(before, now, wanted);
        var findings = new IReadOnlyList<DriftFinding>[columns.Count];
        var rooms = new ConcurrentBag<(NumberRoom, NumberRoom)>();
        var threads = Math.Min(mode == DriftMode.Exact ? MostExactThreads : MostThreads, Environment.ProcessorCount);
        await Parallel.ForAsync(
            0, columns.Count,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            (i, stop) =>
            {
                if (!rooms.TryTake(out var room))
                    room = (new NumberRoom(), new NumberRoom());
                var (one, other) = columns[i];
                var evidence = before.Read(one, null, room.Item1, stop);
                findings[i] = DriftJudgement.Compare(
                    new ColumnPair(one.Name, evidence, now.Read(other, evidence.Kind, room.Item2, stop)), policy);
                rooms.Add(room);
                return ValueTask.CompletedTask;
            });
        var report = DriftJudgement.Conclude(findings.SelectMany(each => each), together is null
            ? policy : policy with { Alpha = policy.Alpha / 2 });
        if (together is not null)
            report = With(report, await TogetherAsync([.. columns.Select(each => each.Item1)]));
        return new(
            reference, before.Rows, current, now.Rows, mode.ToString().ToLowerInvariant(),
            DriftViews.Word(report.State), policy.Alpha, notCompared, DriftViews.Findings(report));

        async Task<DriftFinding> TogetherAsync(IReadOnlyList<DriftColumn> of)
        {
            var (one, other) = FileRows.Numbers(
                of, await FileRows.DrawAsync(reference, together.Seed, cancellation),
                await FileRows.DrawAsync(current, together.Seed + 1, cancellation));
            return RowDrift.Judge(
                [.. of.Select(column => column.Name)], one, other, together with { Alpha = policy.Alpha / 2 });
        }
    }

    private static DriftReport With(DriftReport columns, DriftFinding together) => columns with
    {
        State = columns.State == DriftState.Drift || together.State == DriftState.Drift ? DriftState.Drift
            : columns.State == DriftState.Ok && together.State == DriftState.Ok ? DriftState.Ok
            : DriftState.InsufficientData,
        Findings = [.. columns.Findings.Append(together).OrderByDescending(each => each.State == DriftState.Drift)],
    };

    /// <summary>The columns that both files have, and why others are left out.</summary>
    private static (List<(DriftColumn, DriftColumn)> Columns, List<string> NotCompared) Match(
        DriftSide before, DriftSide now, IReadOnlyCollection<string> wanted)
    {
        var (columns, left) = (new List<(DriftColumn, DriftColumn)>(), new List<string>());
        var others = now.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var names = before.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in wanted)
        {
            if (!names.Contains(name) || !others.ContainsKey(name))
            {
                var file = names.Contains(name) ? now : before;
                throw CliException.Usage($"{file.Path} has no column '{name}'.",
                    $"It has {string.Join(", ", file.Columns.Take(20).Select(column => column.Name))}.");
            }
        }

        foreach (var column in before.Columns.Where(each => wanted.Count == 0 || wanted.Contains(each.Name)))
        {
            if (!others.TryGetValue(column.Name, out var other))
                left.Add($"'{column.Name}' is not in {now.Path}");
            else if (column.Type == ColumnType.Other || other.Type == ColumnType.Other)
                left.Add($"'{column.Name}' ({column.Form}, {other.Form}) is neither number nor text");
            else if (column.Type != other.Type)
                left.Add($"'{column.Name}' is {column.Form} in {before.Path} and {other.Form} in {now.Path}");
            else
                columns.Add((column, other));
        }

        if (wanted.Count == 0)
        {
            left.AddRange(others.Keys.Where(name => !names.Contains(name))
                .Select(name => $"'{name}' is not in {before.Path}"));
        }

        if (columns.Count == 0)
        {
            throw CliException.Usage(
                $"{before.Path} and {now.Path} have no column that can be compared: {string.Join("; ", left)}.");
        }

        return wanted.Count == 0 || left.Count == 0
            ? (columns, left)
            : throw CliException.Usage($"Not every column can be compared: {string.Join("; ", left)}.");
    }
}
