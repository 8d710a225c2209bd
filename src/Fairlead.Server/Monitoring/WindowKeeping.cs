using Fairlead.Inference.Loading;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Sketches;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Monitoring;

/// <summary>
/// Merges windows upward, minutes to hours and hours to days, and lets go of what is past its life. Whoever runs the
/// rollouts does it; done twice it comes to the same.
/// </summary>
internal sealed class WindowKeeping(
    Database database, WindowFiles files, WindowStore store, Replica replica, TimeProvider time,
    ILogger<WindowKeeping> log)
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>A stretch is merged when it has been over for so long: the last minutes need time to arrive.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(3);

    /// <summary>Most windows that a pass makes, and most that it lets go of, of each level.</summary>
    private const int MostAtOnce = 200;

    /// <summary>
    /// A pass looks back over so many of the windows that it makes; one in <see cref="PassesToWhole"/> over all, for
    /// parts that came late.
    /// </summary>
    private const int LooksBack = 2, PassesToWhole = 60;

    private const string Unmerged = """
        SELECT DISTINCT part.endpoint, part.arm, part.version, part.arm_name, part.minute - part.minute % @length
        FROM windows part
        WHERE part.level = @part_level AND part.minute >= @since AND part.minute < @before AND NOT EXISTS (
            SELECT 1 FROM windows whole
            WHERE whole.endpoint = part.endpoint AND whole.arm = part.arm AND whole.version = part.version
                AND whole.level = @level AND whole.minute = part.minute - part.minute % @length)
        LIMIT @most
        """;

    private const string Parts = """
        SELECT digest FROM windows
        WHERE endpoint = @endpoint AND arm = @arm AND version = @version AND level = @level
            AND minute >= @from AND minute < @to
        ORDER BY minute, replica
        """;

    private const string Old = "level = @level AND minute < @before";

    /// <summary>What came when its life was over already stays until it is part of a longer window.</summary>
    private const string Merged = """
         AND EXISTS (
            SELECT 1 FROM windows whole
            WHERE whole.endpoint = windows.endpoint AND whole.arm = windows.arm AND whole.version = windows.version
                AND whole.level = @longer AND whole.minute = windows.minute - windows.minute % @length)
        """;

    private int _passes;

    /// <summary>Merges and lets go, if it is this process's turn.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        if (await Lease.TokenOfAsync(database, replica, cancellation) is not null)
            await KeepAsync(_passes++ % PassesToWhole == 0, cancellation);
    }

    /// <summary>Merges and lets go.</summary>
    /// <param name="whole">Look back over everything, and not the latest only.</param>
    /// <param name="cancellation">Ends the pass.</param>
    internal async Task KeepAsync(bool whole, CancellationToken cancellation)
    {
        await MergeAsync(WindowLevel.Minute, WindowLevel.Hour, whole, cancellation);
        await MergeAsync(WindowLevel.Hour, WindowLevel.Day, whole, cancellation);
        foreach (var level in WindowLevel.LongestFirst)
            await LetGoAsync(level, cancellation);
    }

    private async Task MergeAsync(WindowLevel from, WindowLevel to, bool all, CancellationToken cancellation)
    {
        var before = to.StartOf((time.GetUtcNow() - Settling).ToUnixTimeSeconds() / 60);
        var since = all ? 0 : before - LooksBack * to.Minutes;
        foreach (var row in await UnmergedAsync(from, to, (since, before), cancellation))
        {
            var whole = new WindowSketch([], (ulong)row.Minute);
            foreach (var digest in await PartsAsync(row, from, to, cancellation))
                await AddAsync(whole, digest, cancellation);
            await store.PutAsync(row, whole, cancellation);

            // A day that was merged before its last hour is made anew.
            if (to == WindowLevel.Hour)
                await store.UnmergeAsync(row, whole, WindowLevel.Day, WindowLevel.Hour, cancellation);
        }
    }

    /// <summary>A part that is damaged or gone is told and left out; the others are still worth having.</summary>
    private async Task AddAsync(WindowSketch whole, string digest, CancellationToken cancellation)
    {
        try
        {
            whole.Merge(await files.GetAsync(digest, cancellation));
        }
        catch (Exception broken) when (broken is InvalidDataException or ArtifactMissingException)
        {
            log.WindowUnreadable(digest, broken.Message);
        }
    }

    private async Task<List<WindowRow>> UnmergedAsync(
        WindowLevel from, WindowLevel to, (long Since, long Before) parts, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(Unmerged, reader => new WindowRow
        {
            Endpoint = reader.GetInt32(0),
            Arm = reader.GetInt32(1),
            Version = reader.GetString(2),
            ArmName = reader.GetString(3),
            Minute = reader.GetInt64(4),
            Level = to.Number,
            Replica = "",
            Digest = "",
        }, cancellation, ("length", to.Minutes), ("part_level", from.Number), ("level", to.Number),
            ("since", parts.Since), ("before", parts.Before), ("most", MostAtOnce));
    }

    private async Task<List<string>> PartsAsync(
        WindowRow row, WindowLevel from, WindowLevel to, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(Parts, reader => reader.GetString(0), cancellation,
            ("endpoint", row.Endpoint), ("arm", row.Arm), ("version", row.Version), ("level", from.Number),
            ("from", row.Minute), ("to", row.Minute + to.Minutes));
    }

    /// <summary>The rows go first: what is named is there.</summary>
    private async Task LetGoAsync(WindowLevel level, CancellationToken cancellation)
    {
        var before = (time.GetUtcNow() - level.Life).ToUnixTimeSeconds() / 60;
        var (old, values) = (Old, new List<(string, object?)> { ("level", level.Number), ("before", before) });
        if (level.Longer is { } longer)
        {
            old += Merged;
            values.AddRange([("longer", longer.Number), ("length", longer.Minutes)]);
        }

        foreach (var digest in await OldAsync(old, values, cancellation))
        {
            await database.StateAsync(statements => statements.ExecuteAsync(
                $"DELETE FROM windows WHERE digest = @digest AND {old}", cancellation,
                [.. values, ("digest", digest)]), cancellation);
            await store.LetGoAsync(digest, cancellation);
        }
    }

    private async Task<List<string>> OldAsync(
        string old, IReadOnlyList<(string Name, object? Value)> values, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync($"SELECT digest FROM windows WHERE {old} LIMIT @most",
            reader => reader.GetString(0), cancellation, [.. values, ("most", MostAtOnce)]);
    }
}
