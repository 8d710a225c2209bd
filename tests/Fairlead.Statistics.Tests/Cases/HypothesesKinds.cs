using System.Text.Json;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>Kinds of <c>Fairlead.Statistics.Hypotheses</c>.</summary>
internal static class HypothesesKinds
{
    internal static readonly IReadOnlyDictionary<string, KindRunner> Kinds = new Dictionary<string, KindRunner>
    {
        ["fisher_exact"] = FisherExactKind,
    };

    /// <summary>Kinds whose functions are still being written; a case of them is counted as not passed.</summary>
    internal static readonly string[] Awaited =
    [
        "two_proportion_z", "one_proportion_ci", "poisson_rate_ratio_exact", "welch_t", "welch_t_raw",
        "relative_lift", "mann_whitney", "kayenta_metric_judge", "kayenta_score", "srm_chi2", "srm_ramped", "p_adjust",
        "cuped", "cuped_sufficient", "cuped_identity", "ratio_metric", "ratio_metric_relative", "fieller_ratio_ci",
        "quantile_r7", "bootstrap_exact_median", "quantile_ci_woodruff", "bootstrap_percentile_diff",
        "sample_size_two_prop", "sample_size_ttest", "sample_size_ratio", "stratified_two_proportion",
        "non_inferiority_two_prop", "mcnemar", "paired_tests", "delong_auc",
    ];

    private static Dictionary<string, object?> FisherExactKind(JsonElement inputs)
    {
        var rows = inputs.At("table");
        var result = FisherExact.Test(Row(rows[0]), Row(rows[1]));
        return new()
        {
            ["odds_ratio"] = result.OddsRatio,
            ["p_two_sided"] = result.P.TwoSided,
            ["p_less"] = result.P.Less,
            ["p_greater"] = result.P.Greater,
        };

        static Proportion Row(JsonElement row) => new(row[0].GetInt64(), row[0].GetInt64() + row[1].GetInt64());
    }
}
