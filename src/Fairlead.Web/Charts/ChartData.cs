namespace Fairlead.Web.Charts;

/// <summary>A point of a line, with its interval where there is one.</summary>
/// <param name="X">Seconds since 1970 UTC on an axis of time, else any number.</param>
/// <param name="Y">The value; null: a gap.</param>
/// <param name="Low">Lower end of the interval; null: none, or unbounded.</param>
/// <param name="High">Upper end of the interval; null: none, or unbounded.</param>
public sealed record ChartPoint(double X, double? Y, double? Low = null, double? High = null);

/// <summary>A line.</summary>
/// <param name="Name">As the legend has it.</param>
/// <param name="Points">In the order of x.</param>
/// <param name="Tone">Which of the chart colours: 1 to 6.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points, int Tone = 1);

/// <summary>A level that matters.</summary>
/// <param name="Name">What it is, such as <c>must stay below</c>.</param>
/// <param name="Y">Where it lies.</param>
/// <param name="Bad">Crossing it is bad; else it is a mark to compare with.</param>
public sealed record ChartThreshold(string Name, double Y, bool Bad = true);

/// <summary>A step of two distributions: shares of the values from one end to the other.</summary>
/// <param name="Label">What the step holds, as the axis says it.</param>
/// <param name="Reference">Share of the reference, 0 to 1.</param>
/// <param name="Current">Share of what is looked at, 0 to 1.</param>
public sealed record DistributionBin(string Label, double Reference, double Current);
