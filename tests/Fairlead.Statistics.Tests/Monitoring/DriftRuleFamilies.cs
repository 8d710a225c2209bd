using System.Globalization;
using System.Text.Json;
using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>Whole rules of other tools, corrections over columns, and statistics of rows of columns.</summary>
internal sealed class DriftRuleFamilies : ICaseFamilies
{
    public static IReadOnlyDictionary<string, KindRunner> Families { get; } = new Dictionary<string, KindRunner>
    {
        ["drift.evidently"] = Evidently,
        ["drift.edge"] = Evidently,
        ["drift.nannyml"] = Nanny,
        ["drift.selection"] = inputs => new Dictionary<string, object?>
        {
            ["tests"] = inputs.At("cases").EnumerateArray().Select(item => EvidentlyRules.Select(
                item.Count("reference_rows"), item.Count("n_unique_union"), item.Text("type"))).ToArray(),
        },
        ["drift.threshold"] = Threshold,
        ["drift.multipletesting"] = Discoveries,
        ["drift.multipletesting.bonferroni"] = Adjusted(Correction.Bonferroni),
        ["drift.multipletesting.sidak"] = Adjusted(Correction.Sidak),
        ["drift.multipletesting.holm"] = Adjusted(Correction.Holm),
        ["drift.multipletesting.simes-hochberg"] = Adjusted(Correction.Hochberg),
        ["drift.multipletesting.fdr_bh"] = Adjusted(Correction.BenjaminiHochberg),
        ["drift.multipletesting.fdr_by"] = Adjusted(Correction.BenjaminiYekutieli),
        ["drift.mmd"] = Discrepancy,
        ["drift.multivariate"] = Reconstruction,
        ["validation.tfdv"] = Skew,
        ["validation.ge"] = Partition,
    };

    private static Dictionary<string, object?> Evidently(JsonElement inputs)
    {
        var test = inputs.Text("test");
        var score = inputs.Text("type") == "num"
            ? EvidentlyRules.Numeric(test, inputs.Numbers("reference"), inputs.Numbers("current"))
            : EvidentlyRules.Category(test, Names(inputs, "reference"), Names(inputs, "current"));
        return new()
        {
            ["score"] = score.Score,
            ["drifted"] = score.Drifted,
            ["threshold"] = score.Threshold,
        };
    }

    private static Dictionary<string, object?> Nanny(JsonElement inputs)
    {
        var method = inputs.Text("method");
        var score = inputs.Text("type") == "continuous"
            ? NannyRules.Continuous(method, inputs.Numbers("reference"), inputs.Numbers("current"))
            : NannyRules.Categorical(method, Names(inputs, "reference"), Names(inputs, "current"));
        return new()
        {
            ["value"] = score.Value,
            ["p_value"] = score.P,
            ["n_bins"] = score.Bins?.Count,
            ["bin_edges"] = score.Bins?.Edges.ToArray(),
        };
    }

    private static Dictionary<string, object?> Threshold(JsonElement inputs)
    {
        var threshold = NannyRules.Threshold(inputs.Numbers("values"), inputs.Number("multiplier", 3));
        return new() { ["lower"] = threshold.Low, ["upper"] = threshold.High };
    }

    private static KindRunner Adjusted(Correction correction) => inputs =>
    {
        var adjusted = MultipleTesting.Adjust(inputs.Numbers("p_values"), correction);
        return new Dictionary<string, object?>
        {
            ["adjusted"] = adjusted,
            ["rejected"] = adjusted.Select(p => p <= inputs.Number("alpha") * (1 + 1e-14)).ToArray(),
        };
    };

    private static Dictionary<string, object?> Discoveries(JsonElement inputs)
    {
        var (p, q) = (inputs.Numbers("p_values"), inputs.Number("q"));
        var discoveries = MultipleTesting.Discoveries(p, q);
        return new()
        {
            ["drift"] = discoveries.Rejected > 0 ? 1 : 0,
            ["threshold"] = discoveries.Threshold,
            ["n_rejected"] = discoveries.Rejected,
            ["bonferroni_threshold"] = q / p.Length,
            ["bonferroni_drift"] = p.Any(each => each < q / p.Length) ? 1 : 0,
        };
    }

    private static Dictionary<string, object?> Discrepancy(JsonElement inputs)
    {
        var x = Rows(inputs, "reference");
        if (!inputs.TryGetProperty("current", out _))
            return new() { ["sigma"] = KernelDiscrepancy.MedianSigma(x) };
        if (inputs.TryGetProperty("sigma", out var sigma))
            return new() { ["mmd2"] = KernelDiscrepancy.Unbiased(x, Rows(inputs, "current"), sigma.GetDouble()) };
        var median = KernelDiscrepancy.MedianSigmaWithSelf(x);
        return new()
        {
            ["sigma"] = median,
            ["mmd2"] = KernelDiscrepancy.Unbiased(x, Rows(inputs, "current"), median),
        };
    }

    private static Dictionary<string, object?> Reconstruction(JsonElement inputs)
    {
        var fitted = PcaReconstruction.Fit(Rows(inputs, "reference"), inputs.Number("n_components", 0.65));
        var current = fitted.Of(Rows(inputs, "current"));
        return new()
        {
            ["k"] = fitted.Components,
            ["explained"] = fitted.Explained,
            ["ref_mean"] = fitted.Reference.Mean,
            ["cur_mean"] = current.Mean,
            ["cur_sampling_error"] = current.SamplingError,
            ["cur_rows"] = current.Rows,
        };
    }

    private static Dictionary<string, object?> Skew(JsonElement inputs)
    {
        var cells = AlignedCategories.Of(Counts(inputs.At("training")), Counts(inputs.At("serving")));
        var (distance, name) = cells.LInfinity();
        return new()
        {
            ["linf"] = distance,
            ["value"] = name,
            ["js_divergence_base2"] = Divergences.JensenShannon(cells.Reference, cells.Current, LogBase.Two),
        };
    }

    private static Dictionary<string, object?> Partition(JsonElement inputs)
    {
        var partition = inputs.At("partition");
        var expected = partition.Texts("values").Zip(partition.Numbers("weights")).ToDictionary(
            pair => pair.First, pair => pair.Second);
        var observed = Names(inputs, "column").CountBy(name => name)
            .ToDictionary(pair => pair.Key, pair => (double)pair.Value);
        var cells = AlignedCategories.Of(expected, observed);
        return new() { ["kl"] = Divergences.KullbackLeibler(cells.Current, cells.Reference) };
    }

    private static Dictionary<string, double> Counts(JsonElement counts) =>
        counts.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetDouble());

    /// <summary>Rows of columns; a plain number is a row of one.</summary>
    private static double[][] Rows(JsonElement inputs, string name) => [.. inputs.At(name).EnumerateArray().Select(
        row => row.ValueKind == JsonValueKind.Array ? row.Numbers() : [row.GetDouble()])];

    private static string[] Names(JsonElement inputs, string name) => [.. inputs.At(name).EnumerateArray()
        .Where(item => item.ValueKind != JsonValueKind.Null)
        .Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : item.GetDouble().ToString("R", CultureInfo.InvariantCulture))];
}
