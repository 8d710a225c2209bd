using Fairlead.Core.Quality;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Quality;

/// <summary>Rows that are judged together.</summary>
/// <param name="Arm">The arm with its version.</param>
/// <param name="Name">As <c>field=value</c>; null: all rows of the arm.</param>
/// <param name="Rows">The rows.</param>
internal sealed record Segment(ArmVersion Arm, string? Name, IReadOnlyList<LabelledRow> Rows);

/// <summary>Divides answers by arm, version and the values of a field.</summary>
internal static class Segments
{
    /// <summary>Most segments of an arm: those with the most rows.</summary>
    public const int MostOfArm = 20;

    /// <summary>All rows of each arm, and behind them those of each value of the field.</summary>
    public static List<Segment> Of(
        IEnumerable<ReadAnswer> rows, ArmVersions versions, Func<string, bool> wanted, string? by)
    {
        var segments = new List<Segment>();
        foreach (var group in rows.GroupBy(row => versions.Find(row.Generation, row.Arm)))
        {
            if (group.Key is not { } arm || !wanted(arm.Variant))
                continue;
            segments.Add(new(arm, null, [.. group.Select(row => row.Row)]));
            if (by is null)
                continue;
            segments.AddRange(group
                .GroupBy(row => StoredJson.Read<Dictionary<string, string>>(row.Slices).GetValueOrDefault(by))
                .Where(slice => slice.Key is not null)
                .OrderByDescending(slice => slice.Count()).ThenBy(slice => slice.Key, StringComparer.Ordinal)
                .Take(MostOfArm)
                .Select(slice => new Segment(arm, $"{by}={slice.Key}", [.. slice.Select(row => row.Row)])));
        }

        return segments;
    }
}
