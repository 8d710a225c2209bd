using System.Text.Json;
using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>Calibration: errors by each way of binning, and isotonic regression.</summary>
internal sealed class CalibrationFamilies : ICaseFamilies
{
    public static IReadOnlyDictionary<string, KindRunner> Families { get; } = new Dictionary<string, KindRunner>
    {
        ["perf.calibration"] = Run,
    };

    private static Dictionary<string, object?> Run(JsonElement inputs)
    {
        if (inputs.TryGetProperty("query", out var query))
        {
            var fit = Isotonic.Fit(inputs.Numbers("x"), inputs.Numbers("y"));
            return new()
            {
                ["predict"] = query.Numbers().Select(fit.At).ToArray(),
                ["x_thresholds"] = fit.X.ToArray(),
                ["y_thresholds"] = fit.Y.ToArray(),
            };
        }

        var bins = (int)inputs.Count("bins");
        if (!inputs.TryGetProperty("y_true", out _))
            return Runs((int)inputs.Count("n"), bins);

        var happened = inputs.Counts("y_true").Select(label => label == 1).ToArray();
        var binning = inputs.Text("strategy", "equal_count") switch
        {
            "uniform" => CalibrationBinning.Uniform,
            "quantile" => CalibrationBinning.Quantile,
            _ => CalibrationBinning.EqualCount,
        };
        var curve = CalibrationCurve.Of(inputs.Numbers("y_pred_proba"), happened, binning, bins);
        var figures = binning == CalibrationBinning.EqualCount ? Runs(happened.Length, bins) : [];
        figures["ece"] = curve.ExpectedError;
        figures["mce"] = curve.GreatestError;
        figures["rmsce"] = curve.RootMeanSquaredError;
        figures["curve_prob_true"] = curve.Bins.Select(bin => bin.Observed).ToArray();
        figures["curve_prob_pred"] = curve.Bins.Select(bin => bin.Predicted).ToArray();
        return figures;
    }

    private static Dictionary<string, object?> Runs(int rows, int bins)
    {
        var runs = CalibrationCurve.EqualCountRuns(rows, bins);
        return new()
        {
            ["bin_edges"] = runs.Select(run => new[] { run.Start, run.End }).ToArray(),
            ["actual_bins"] = runs.Count,
        };
    }
}
