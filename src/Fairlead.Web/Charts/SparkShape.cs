namespace Fairlead.Web.Charts;

/// <summary>The shape of a short series, as <see cref="Sparkline"/> draws it. Pure.</summary>
/// <param name="Line">Path of the line; empty: there is nothing to draw.</param>
/// <param name="Area">Path of what lies under it.</param>
public sealed record SparkShape(string Line, string Area)
{
    private static readonly SparkShape Nothing = new("", "");

    /// <summary>From zero to a little above the highest value.</summary>
    public static SparkShape Of(IEnumerable<double> values)
    {
        var points = values.Select((value, i) => new ChartPoint(i, value, 0, value)).ToList();
        if (points.Count < 2)
            return Nothing;
        var x = new Scale(0, points.Count - 1, []);
        var highest = points.Max(point => point.Y!.Value);
        var y = new Scale(0, highest > 1e-300 ? highest * 1.1 : 1, []);
        return new SparkShape(PathText.Line(points, x, y), PathText.Band(points, x, y));
    }
}
