using Fairlead.Client.Api;
using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>Windows as the API tells them.</summary>
internal static class WindowViews
{
    private const int ShownFrequent = 20;

    public static WindowInfo Of(ArmStretch stretch)
    {
        var window = stretch.Window;
        return new WindowInfo
        {
            Variant = stretch.Arm,
            Version = stretch.Version,
            From = DateTimeOffset.FromUnixTimeSeconds(stretch.From * 60),
            To = DateTimeOffset.FromUnixTimeSeconds(stretch.To * 60),
            Requests = window.Requests,
            Ends = window.Ends,
            Rows = window.Rows,
            RefusedRows = window.RefusedRows,
            Refused = Refused(window),
            Latency = Times(window.Latency),
            Compute = Times(window.Compute),
            Confidence = window.Confidence.Rows == 0 ? null : Column("confidence", "output", window.Confidence),
            Columns = [.. window.Columns.Select(column =>
                Column(column.Name, column.IsOutput ? "output" : "input", column.Sketch))],
        };
    }

    /// <summary>What a schema refused, most rows first.</summary>
    public static List<RefusedFaultInfo> Refused(WindowSketch window) =>
    [
        .. window.Faults.OrderByDescending(each => each.Value)
            .Select(each => new RefusedFaultInfo(each.Key.Column, each.Key.Fault, each.Value)),
    ];

    private static TimesInfo? Times(LatencySketch times) => times.Count == 0
        ? null
        : new TimesInfo(times.Quantile(0.5), times.Quantile(0.9), times.Quantile(0.95), times.Quantile(0.99),
            times.Accuracy);

    public static ColumnInfo Column(string name, string role, ColumnSketch sketch) => new()
    {
        Name = name,
        Role = role,
        Kind = ColumnEvidence.KindOf(sketch) switch
        {
            ColumnKind.Category => "category",
            ColumnKind.Text => "text",
            _ => "number",
        },
        Rows = sketch.Rows,
        Missing = sketch.Missing,
        NotFinite = sketch.NotFinite,
        Numbers = sketch.Numbers is { Count: > 0 } numbers ? Numbers(numbers, sketch) : null,
        Distinct = Math.Round(sketch.Distinct.Estimate),
        DistinctError = sketch.Distinct.RelativeError,
        Frequent = [.. sketch.Frequent.Items().Take(ShownFrequent)
            .Select(item => new FrequentInfo(item.Name, item.Count))],
        FrequentError = sketch.Frequent.Error,
    };

    private static NumbersInfo Numbers(QuantileSketch numbers, ColumnSketch sketch)
    {
        var view = numbers.View();
        var moments = sketch.Moments;
        var deviation = Math.Sqrt(moments.Variance);
        return new NumbersInfo(
            numbers.Min, numbers.Max, moments.Mean, double.IsNaN(deviation) ? null : deviation, view.Quantile(0.01),
            view.Quantile(0.05), view.Quantile(0.25), view.Quantile(0.5), view.Quantile(0.75), view.Quantile(0.95),
            view.Quantile(0.99), numbers.RankError);
    }
}
