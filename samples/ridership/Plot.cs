using System.Globalization;
using System.Security;
using System.Text;

namespace Fairlead.Samples.Ridership;

/// <summary>A line of a plot, or with a lower and an upper end a band around it.</summary>
public sealed record PlotLine(string Name, string Colour, IReadOnlyList<(DateOnly At, double Value)> Points)
{
    public IReadOnlyList<(double Low, double High)>? Band { get; init; }
}

/// <summary>A small writer of line plots over time as SVG.</summary>
public sealed class Plot(string title, string unit, double top)
{
    private const double Width = 900;
    private const double Height = 360;
    private const double Left = 50;
    private const double Right = 20;
    private const double Above = 40;
    private const double Below = 50;

    private readonly List<PlotLine> _lines = [];
    private readonly List<(DateOnly At, string Text)> _marks = [];

    public Plot Add(PlotLine line)
    {
        _lines.Add(line);
        return this;
    }

    /// <summary>A vertical line with a word beside it.</summary>
    public Plot Mark(DateOnly at, string text)
    {
        _marks.Add((at, text));
        return this;
    }

    public string ToSvg()
    {
        var first = _lines.Min(line => line.Points[0].At);
        var last = _lines.Max(line => line.Points[^1].At);
        double X(DateOnly at) => Left + (Width - Left - Right)
            * (at.DayNumber - first.DayNumber) / (last.DayNumber - first.DayNumber);
        double Y(double value) => Height - Below - (Height - Above - Below) * Math.Clamp(value / top, 0, 1);

        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" role=\"img\">");
        Line(svg, $"<title>{SecurityElement.Escape(title)}</title>");
        Line(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>");
        Line(svg, $"<g font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">");
        Text(svg, Left, 20, title);
        for (var tick = 0; tick <= 4; tick++)
        {
            var value = top * tick / 4;
            Line(svg, $"<path d=\"M{Left} {Y(value):F1}H{Width - Right}\" stroke=\"#ddd\"/>");
            Text(svg, 8, Y(value) + 4, value.ToString("0.#", CultureInfo.InvariantCulture));
        }

        Text(svg, 8, Above - 10, unit);
        for (var year = first.Year + 1; year <= last.Year; year++)
            Text(svg, X(new DateOnly(year, 1, 1)) - 14, Height - Below + 16, $"{year}");
        for (var i = 0; i < _lines.Count; i++)
        {
            Draw(svg, _lines[i], X, Y);
            var colour = _lines[i].Colour;
            Line(svg, $"<path d=\"M{Left + 220 * i} {Height - 18}h12\" stroke=\"{colour}\" stroke-width=\"4\"/>");
            Text(svg, Left + 220 * i + 18, Height - 14, _lines[i].Name);
        }

        for (var i = 0; i < _marks.Count; i++)
        {
            var x = X(_marks[i].At);
            Line(svg, $"<path d=\"M{x:F1} {Above}V{Height - Below}\" stroke=\"#b00\" stroke-dasharray=\"4 3\"/>");
            Text(svg, x + 4, Above + 12 + 14 * i, _marks[i].Text);
        }

        return svg.Append("</g>\n</svg>\n").ToString();
    }

    private static void Draw(StringBuilder svg, PlotLine line, Func<DateOnly, double> x, Func<double, double> y)
    {
        if (line.Band is { } band)
        {
            var upper = line.Points.Select((point, i) => (x(point.At), y(band[i].High)));
            var lower = line.Points.Select((point, i) => (x(point.At), y(band[i].Low))).Reverse();
            Line(svg, $"<path d=\"{Path(upper.Concat(lower))}Z\" fill=\"{line.Colour}\" fill-opacity=\"0.2\"/>");
        }

        var path = Path(line.Points.Select(point => (x(point.At), y(point.Value))));
        Line(svg, $"<path d=\"{path}\" fill=\"none\" stroke=\"{line.Colour}\" stroke-width=\"1.5\"/>");
    }

    private static string Path(IEnumerable<(double X, double Y)> points) => string.Concat(points.Select((point, i) =>
        string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{point.X:F1} {point.Y:F1}")));

    private static void Text(StringBuilder svg, double x, double y, string text) =>
        Line(svg, $"<text x=\"{x:F1}\" y=\"{y:F1}\">{SecurityElement.Escape(text)}</text>");

    private static void Line(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
