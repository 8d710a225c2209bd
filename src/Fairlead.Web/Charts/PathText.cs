using System.Globalization;
using System.Text;

namespace Fairlead.Web.Charts;

/// <summary>
/// Lines and bands as SVG paths in a box of 1000 by 1000 that is stretched to its place; y grows downwards.
/// </summary>
internal static class PathText
{
    public const double Side = 1000;

    /// <summary>A line through the points that have a value; a gap where one has none.</summary>
    public static string Line(IEnumerable<ChartPoint> points, Scale x, Scale y)
    {
        var text = new StringBuilder();
        var pen = 'M';
        foreach (var point in points)
        {
            if (point.Y is not { } value || !double.IsFinite(value))
            {
                pen = 'M';
                continue;
            }

            Add(text, pen, x.At(point.X), y.At(value));
            pen = 'L';
        }

        return text.ToString();
    }

    /// <summary>
    /// The area between the interval's ends; an end without bound is the edge. Points without an interval end a part.
    /// </summary>
    public static string Band(IReadOnlyList<ChartPoint> points, Scale x, Scale y)
    {
        var text = new StringBuilder();
        List<ChartPoint> part = [];
        foreach (var point in points)
        {
            if (point.Low is null && point.High is null)
                Close(text, part, x, y);
            else
                part.Add(point);
        }

        Close(text, part, x, y);
        return text.ToString();
    }

    private static void Close(StringBuilder text, List<ChartPoint> part, Scale x, Scale y)
    {
        if (part.Count > 1)
        {
            var pen = 'M';
            foreach (var point in part)
            {
                Add(text, pen, x.At(point.X), y.At(point.High ?? y.Max));
                pen = 'L';
            }

            foreach (var point in Enumerable.Reverse(part))
                Add(text, 'L', x.At(point.X), y.At(point.Low ?? y.Min));
            text.Append('Z');
        }

        part.Clear();
    }

    private static void Add(StringBuilder text, char pen, double x, double y) => text.Append(
        CultureInfo.InvariantCulture, $"{pen}{Math.Round(x * Side, 1)} {Math.Round((1 - y) * Side, 1)}");
}
