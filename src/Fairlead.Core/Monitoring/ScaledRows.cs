using System.Globalization;
using Fairlead.Statistics;

namespace Fairlead.Core.Monitoring;

/// <summary>
/// Rows whose columns have mean 0 and deviation 1 over both sides; what is missing has the mean. Columns without two
/// different numbers are left out. Scaled over both, no side can be told from the other by the scale.
/// </summary>
internal sealed class ScaledRows
{
    private ScaledRows(List<int> columns, double[][] reference, double[][] current) =>
        (Columns, Reference, Current) = (columns, reference, current);

    /// <summary>Places of the columns that are kept.</summary>
    public IReadOnlyList<int> Columns { get; }

    public IReadOnlyList<double[]> Reference { get; }

    public IReadOnlyList<double[]> Current { get; }

    public static ScaledRows Of(IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current)
    {
        var (kept, scales) = (new List<int>(), new List<(double Mean, double Deviation)>());
        for (var j = 0; j < reference[0].Length; j++)
        {
            var moments = Moments.Of([.. reference.Concat(current).Select(row => row[j]).Where(double.IsFinite)]);
            var deviation = moments.Count > 1 ? Math.Sqrt(moments.Variance) : 0;
            if (!(deviation > 0) || !double.IsFinite(deviation))
                continue;
            kept.Add(j);
            scales.Add((moments.Mean, deviation));
        }

        return new(kept, Scale(reference), Scale(current));

        double[][] Scale(IReadOnlyList<double[]> rows) =>
        [
            .. rows.Select(row => kept.Select((column, i) => double.IsFinite(row[column])
                ? (row[column] - scales[i].Mean) / scales[i].Deviation
                : 0).ToArray()),
        ];
    }

    /// <summary>In words, the columns whose means lie farthest apart, where they do so beyond chance.</summary>
    public string MostMoved(IReadOnlyList<string> names)
    {
        var error = 4 * Math.Sqrt(1.0 / Reference.Count + 1.0 / Current.Count);
        var moved = Columns.Select((column, i) => (Name: names[column],
                By: Current.Average(row => row[i]) - Reference.Average(row => row[i])))
            .Where(each => Math.Abs(each.By) > error).OrderByDescending(each => Math.Abs(each.By)).Take(3)
            .Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Name} by {each.By:+0.##;-0.##} sd"))
            .ToList();
        return moved.Count > 0
            ? $"; means moved of {string.Join(", ", moved)}"
            : "; no column's mean moved, so how columns spread or hang together did";
    }
}
