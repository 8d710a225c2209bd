using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>Kinds of <c>Fairlead.Statistics.Hypotheses</c>.</summary>
internal static class HypothesesKinds
{
    internal static readonly IReadOnlyDictionary<string, KindRunner> Kinds = new Dictionary<string, KindRunner>
    {
        ["two_proportion_z"] = TwoProportionZ,
        ["one_proportion_ci"] = OneProportionInterval,
        ["fisher_exact"] = Fisher,
        ["poisson_rate_ratio_exact"] = PoissonRateRatio,
        ["welch_t"] = inputs => Welch(FromMean(inputs.At("control")), FromMean(inputs.At("treatment")), inputs),
        ["welch_t_raw"] = inputs =>
            Welch(Moments.Of(inputs.Numbers("control")), Moments.Of(inputs.Numbers("treatment")), inputs),
        ["relative_lift"] = inputs => Effect(
            RelativeLift.Delta(FromSums(inputs.At("control")), FromSums(inputs.At("treatment")), Alpha(inputs)),
            "lift"),
        ["fieller_ratio_ci"] = Fieller,
        ["mann_whitney"] = MannWhitneyKind,
        ["kayenta_metric_judge"] = KayentaKinds.Judge,
        ["kayenta_score"] = KayentaKinds.Score,
        ["srm_chi2"] = SampleRatioFixed,
        ["srm_ramped"] = SampleRatioRamped,
        ["p_adjust"] = PAdjust,
        ["cuped"] = CupedRaw,
        ["cuped_sufficient"] = CupedSufficient,
        ["cuped_identity"] = CupedIdentity,
        ["ratio_metric"] = Ratio,
        ["ratio_metric_relative"] = inputs => Effect(
            RatioMetric.Lift(Parts(inputs.At("control")), Parts(inputs.At("treatment")), Alpha(inputs)), "lift"),
        ["quantile_r7"] = inputs => new Dictionary<string, object?>
        {
            ["q"] = inputs.Numbers("p").Select(p => Quantiles.Of(inputs.Numbers("data"), p)).ToArray(),
        },
        ["quantile_ci_woodruff"] = Woodruff,
        ["bootstrap_exact_median"] = ExactMedian,
        ["bootstrap_percentile_diff"] = BootstrapQuantile,
        ["sample_size_two_prop"] = SizeOfTwoProportions,
        ["sample_size_ttest"] = inputs => new Dictionary<string, object?>
        {
            ["n_per_arm"] = PowerAnalysis.TwoSampleT(
                inputs.Number("d"), Alpha(inputs), inputs.Number("power"), inputs.Number("ratio", 1)),
        },
        ["sample_size_ratio"] = SizeForShare,
        ["stratified_two_proportion"] = Stratified,
        ["non_inferiority_two_prop"] = NonInferior,
        ["mcnemar"] = McNemarKind,
        ["paired_tests"] = PairedTests,
        ["delong_auc"] = DeLongKind,
    };

    private static Dictionary<string, object?> TwoProportionZ(JsonElement inputs)
    {
        var result = TwoProportions.Compare(Share(inputs.At("control")), Share(inputs.At("treatment")), Alpha(inputs));
        return new()
        {
            ["diff"] = result.Difference,
            ["z_pooled"] = result.Z,
            ["p_two_sided"] = result.P.TwoSided,
            ["p_greater"] = result.P.Greater,
            ["p_less"] = result.P.Less,
            ["se_unpooled"] = result.StandardError,
            ["wald_ci"] = Ends(result.Wald),
            ["newcombe_ci"] = Ends(result.Newcombe),
            ["agresti_caffo_ci"] = Ends(result.AgrestiCaffo),
            ["relative_lift"] = result.RelativeLift,
        };
    }

    private static Dictionary<string, object?> OneProportionInterval(JsonElement inputs)
    {
        var share = Share(inputs);
        return new()
        {
            ["wilson"] = Ends(OneProportion.Wilson(share, Alpha(inputs))),
            ["clopper_pearson"] = Ends(OneProportion.ClopperPearson(share, Alpha(inputs))),
            ["agresti_coull"] = Ends(OneProportion.AgrestiCoull(share, Alpha(inputs))),
        };
    }

    private static Dictionary<string, object?> Fisher(JsonElement inputs)
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

    private static Dictionary<string, object?> PoissonRateRatio(JsonElement inputs)
    {
        var result = PoissonRates.Compare(Rate(inputs.At("control")), Rate(inputs.At("treatment")), Alpha(inputs));
        return new()
        {
            ["rate_ratio"] = result.RateRatio,
            ["p_two_sided"] = result.P.TwoSided,
            ["p_greater"] = result.P.Greater,
            ["p_less"] = result.P.Less,
            ["ci"] = Ends(result.RatioInterval),
        };

        static EventRate Rate(JsonElement arm) => new(arm.Count("count"), arm.Number("exposure"));
    }

    private static Dictionary<string, object?> Welch(Moments control, Moments treatment, JsonElement inputs) =>
        Effect(MeanDifference.Welch(control, treatment, Alpha(inputs)), "diff");

    private static Dictionary<string, object?> Fieller(JsonElement inputs)
    {
        var control = Mean(inputs.At("control"));
        var treatment = Mean(inputs.At("treatment"));
        return new()
        {
            ["ratio"] = treatment.Mean / control.Mean,
            ["ci"] = Ends(RelativeLift.FiellerRatio(control, treatment, inputs.Number("cov", 0), Alpha(inputs))),
        };

        static MeanEstimate Mean(JsonElement arm) => new(arm.Number("mean"), arm.Number("var_of_mean"));
    }

    private static Dictionary<string, object?> MannWhitneyKind(JsonElement inputs)
    {
        var result = MannWhitney.Test(inputs.Numbers("control"), inputs.Numbers("treatment"));
        return new()
        {
            ["U_treatment"] = result.U,
            ["p_asymptotic_continuity"] = result.PAsymptotic,
            ["p_exact"] = result.PExact,
            ["cles"] = result.CommonLanguage,
            ["hodges_lehmann_median_of_differences"] = result.Shift,
        };
    }

    private static Dictionary<string, object?> SampleRatioFixed(JsonElement inputs) =>
        SampleRatioFields(SampleRatio.Test(inputs.Counts("observed"), inputs.Numbers("weights")));

    private static Dictionary<string, object?> SampleRatioRamped(JsonElement inputs) =>
        SampleRatioFields(SampleRatio.TestSchedule(
            inputs.Counts("observed"),
            [.. inputs.At("periods").EnumerateArray().Select(period =>
                new WeightedPeriod(period.Count("total"), period.Numbers("weights")))]));

    private static Dictionary<string, object?> SampleRatioFields(SampleRatioResult result) => new()
    {
        ["expected"] = result.Expected,
        ["chi2"] = result.ChiSquare,
        ["df"] = result.Degrees,
        ["p"] = result.P,
        ["mismatch_at_0_001"] = result.IsMismatch(),
    };

    private static Dictionary<string, object?> PAdjust(JsonElement inputs)
    {
        var adjusted = MultipleTesting.Adjust(inputs.Numbers("p"), inputs.Text("method") switch
        {
            "bonferroni" => Correction.Bonferroni,
            "sidak" => Correction.Sidak,
            "holm" => Correction.Holm,
            "hochberg" => Correction.Hochberg,
            "benjamini_hochberg" or "bh" or "fdr_bh" => Correction.BenjaminiHochberg,
            "benjamini_yekutieli" or "by" or "fdr_by" => Correction.BenjaminiYekutieli,
            var other => throw new NotSupportedException($"unknown method '{other}'"),
        });
        return new()
        {
            ["adjusted"] = adjusted,
            ["reject"] = adjusted.Select(p => p <= Alpha(inputs)).ToArray(),
        };
    }

    private static Dictionary<string, object?> CupedRaw(JsonElement inputs)
    {
        var result = Cuped.Compare(Pairs(inputs.At("control")), Pairs(inputs.At("treatment")), Alpha(inputs));
        return new()
        {
            ["theta_pooled"] = result.Theta,
            ["diff_raw"] = result.Raw.Estimate,
            ["se_raw"] = result.Raw.StandardError,
            ["diff_cuped"] = result.Adjusted.Estimate,
            ["se_cuped"] = result.Adjusted.StandardError,
            ["variance_reduction"] = result.VarianceReduction,
        };

        static Moments Pairs(JsonElement arm) => Moments.Of(arm.Numbers("y"), arm.Numbers("x"));
    }

    private static Dictionary<string, object?> CupedSufficient(JsonElement inputs)
    {
        var result = Cuped.Compare(Sums(inputs.At("control")), Sums(inputs.At("treatment")), Alpha(inputs));
        return Effect(result.Adjusted, "diff");

        static Moments Sums(JsonElement arm) => Moments.FromSums(
            arm.Count("n"), arm.Number("sum_y"), arm.Number("sum_yy"), arm.Number("sum_x"), arm.Number("sum_xx"),
            arm.Number("sum_xy"));
    }

    /// <summary>
    /// The case states a property of a simulation whose generator is not ours, with a correlation of 0.8 between the
    /// metric and its covariate. Ours draws such pairs and must come to the same two figures.
    /// </summary>
    private static Dictionary<string, object?> CupedIdentity(JsonElement inputs)
    {
        var rho = inputs.Number("rho", 0.8);
        var random = new SplitMix64(7);
        Moments control = default, treatment = default;
        for (var i = 0; i < 40_000; i++)
        {
            control += Draw(0);
            treatment += Draw(0.1);
        }

        var result = Cuped.Compare(control, treatment, 0.05);
        var correlation = control.Covariance * control.Covariance / (control.Variance * control.VarianceX);
        return new() { ["rho_squared"] = correlation, ["observed_variance_reduction"] = result.VarianceReduction };

        Moments Draw(double effect)
        {
            var x = random.NextNormal();
            return Moments.Of(effect + rho * x + Math.Sqrt(1 - rho * rho) * random.NextNormal(), x);
        }
    }

    private static Dictionary<string, object?> Ratio(JsonElement inputs)
    {
        var control = Parts(inputs.At("control"));
        var treatment = Parts(inputs.At("treatment"));
        var difference = RatioMetric.Difference(control, treatment, Alpha(inputs));
        var lift = RatioMetric.Lift(control, treatment, Alpha(inputs));
        return new()
        {
            ["control_ratio"] = RatioMetric.Of(control).Mean,
            ["control_var"] = RatioMetric.Of(control).Variance,
            ["treatment_ratio"] = RatioMetric.Of(treatment).Mean,
            ["treatment_var"] = RatioMetric.Of(treatment).Variance,
            ["diff"] = difference.Estimate,
            ["se"] = difference.StandardError,
            ["z"] = difference.T,
            ["relative_lift"] = lift.Estimate,
            ["relative_se"] = lift.StandardError,
        };
    }

    private static Dictionary<string, object?> Woodruff(JsonElement inputs)
    {
        var data = inputs.TryGetProperty("data", out var list) ? list.Numbers() : FromRule(inputs.Text("data_rule"));
        Array.Sort(data);
        var result = Quantiles.Woodruff(data, inputs.Number("p"), Alpha(inputs));
        return new()
        {
            ["q"] = result.Value,
            ["lower_level"] = result.LowerLevel,
            ["upper_level"] = result.UpperLevel,
            ["ci"] = Ends(result.Interval),
            ["se_implied"] = result.StandardError,
        };

        static double[] FromRule(string rule)
        {
            var match = Regex.Match(rule, @"exp\((?<a>[\d.]+)\*i/(?<d>[\d.]+)\), i=(?<from>\d+)\.\.(?<to>\d+)");
            match.Success.ShouldBeTrue($"unknown rule '{rule}'");
            double Part(string name) => double.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
            return [.. Enumerable.Range((int)Part("from"), (int)(Part("to") - Part("from")) + 1)
                .Select(i => Math.Exp(Part("a") * i / Part("d")))];
        }
    }

    private static Dictionary<string, object?> ExactMedian(JsonElement inputs)
    {
        var law = Bootstrap.ExactMedian(inputs.Numbers("data"));
        return new()
        {
            ["sorted"] = law.Values,
            ["prob"] = law.Probabilities,
            ["mean"] = law.Mean,
            ["se"] = law.StandardError,
        };
    }

    private static Dictionary<string, object?> BootstrapQuantile(JsonElement inputs)
    {
        var seed = inputs.At("seed").GetUInt64();
        var result = Bootstrap.QuantileDifference(
            inputs.Numbers("control"), inputs.Numbers("treatment"), inputs.Number("quantile"),
            (int)inputs.Count("B"), seed, Alpha(inputs));
        var random = new SplitMix64(seed);
        return new()
        {
            ["first_three_u64"] = new[] { random.Next(), random.Next(), random.Next() }
                .Select(number => number.ToString(CultureInfo.InvariantCulture)).ToArray(),
            ["observed_diff"] = result.Observed,
            ["se"] = result.StandardError,
            ["ci"] = Ends(result.Interval),
        };
    }

    private static Dictionary<string, object?> SizeOfTwoProportions(JsonElement inputs)
    {
        var size = PowerAnalysis.TwoProportions(
            inputs.Number("p1"), inputs.Number("p2"), Alpha(inputs), inputs.Number("power"), inputs.Number("ratio", 1));
        return new()
        {
            ["n_per_arm_pooled"] = size.Pooled,
            ["n_per_arm_unpooled"] = size.Unpooled,
            ["n_per_arm_arcsine"] = size.Arcsine,
        };
    }

    private static Dictionary<string, object?> SizeForShare(JsonElement inputs)
    {
        var size = PowerAnalysis.ForShare(
            inputs.Number("sigma"), inputs.Number("mde"), Alpha(inputs), inputs.Number("power"),
            inputs.Number("canary_share"));
        return new() { ["total_n"] = size.Total, ["variance_inflation_vs_50_50"] = size.Inflation };
    }

    private static Dictionary<string, object?> Stratified(JsonElement inputs)
    {
        Stratum[] strata = [.. inputs.At("phases").EnumerateArray().Select(phase => new Stratum(
            new(phase.Count("x_c"), phase.Count("n_c")), new(phase.Count("x_t"), phase.Count("n_t"))))];
        var result = StratifiedProportions.Compare(strata);
        var pooled = TwoProportions.Compare(
            strata.Aggregate(default(Proportion), (sum, stratum) => sum + stratum.Control),
            strata.Aggregate(default(Proportion), (sum, stratum) => sum + stratum.Treatment),
            Alpha(inputs));
        return new()
        {
            ["mantel_haenszel_or"] = result.OddsRatio,
            ["cmh_stat"] = result.CmhStatistic,
            ["cmh_p"] = result.CmhP,
            ["inverse_variance_diff"] = result.Difference,
            ["inverse_variance_se"] = result.StandardError,
            ["within_phase_diff"] = result.WithinDifferences,
            ["naive_pooled_diff"] = pooled.Difference,
            ["naive_pooled_z"] = pooled.Z,
            ["naive_pooled_p"] = pooled.P.TwoSided,
        };
    }

    private static Dictionary<string, object?> NonInferior(JsonElement inputs)
    {
        var higher = inputs.Truth("higher_is_better");
        var result = NonInferiority.OfProportions(
            Share(inputs.At("control")), Share(inputs.At("treatment")), inputs.Number("margin"), Alpha(inputs), higher);
        return new()
        {
            ["z"] = result.Z,
            ["p"] = result.P,
            [higher ? "lower_ci" : "upper_ci"] = result.Bound,
            ["non_inferior"] = result.NonInferior,
            ["diff"] = result.Difference,
        };
    }

    private static Dictionary<string, object?> McNemarKind(JsonElement inputs)
    {
        var table = inputs.At("table");
        var result = McNemar.Test(
            new(table[0][0].GetInt64(), table[0][1].GetInt64(), table[1][0].GetInt64(), table[1][1].GetInt64()));
        return new()
        {
            ["p_exact"] = result.PExact,
            ["chi2_corrected"] = result.ChiSquare,
            ["p_corrected"] = result.PCorrected,
            ["accuracy_diff_challenger_minus_champion"] = result.Difference,
            ["cohen_kappa"] = result.Kappa,
        };
    }

    private static Dictionary<string, object?> PairedTests(JsonElement inputs)
    {
        double[] champion = inputs.Numbers("champion"), challenger = inputs.Numbers("challenger");
        var paired = PairedT.Test(champion, challenger, Alpha(inputs));
        var ranks = WilcoxonSignedRank.Test(champion, challenger);
        return new()
        {
            ["mean_diff"] = paired.Estimate,
            ["paired_t"] = paired.T,
            ["paired_p"] = paired.P.TwoSided,
            ["wilcoxon_W"] = ranks.W,
            ["wilcoxon_p_exact"] = ranks.PExact,
            ["unpaired_welch_p"] =
                MeanDifference.Welch(Moments.Of(champion), Moments.Of(challenger), Alpha(inputs)).P.TwoSided,
        };
    }

    private static Dictionary<string, object?> DeLongKind(JsonElement inputs)
    {
        var result = DeLong.Compare(
            inputs.Numbers("y").Select(label => label == 1).ToArray(),
            inputs.Numbers("champion"), inputs.Numbers("challenger"));
        return new()
        {
            ["auc_champion"] = result.Champion,
            ["auc_challenger"] = result.Challenger,
            ["var_champion"] = result.VarianceChampion,
            ["var_challenger"] = result.VarianceChallenger,
            ["cov"] = result.Covariance,
            ["z"] = result.Z,
            ["p_two_sided"] = result.P.TwoSided,
        };
    }

    private static Dictionary<string, object?> Effect(EffectResult result, string estimate) => new()
    {
        [estimate] = result.Estimate,
        ["se"] = result.StandardError,
        ["t"] = result.T,
        ["df"] = result.Degrees,
        ["p"] = result.P.TwoSided,
        ["p_two_sided"] = result.P.TwoSided,
        ["p_greater"] = result.P.Greater,
        ["p_less"] = result.P.Less,
        ["ci"] = Ends(result.Interval),
    };

    private static double Alpha(JsonElement inputs) => inputs.Number("alpha", 0.05);

    private static double[] Ends(Interval interval) => [interval.Low, interval.High];

    private static Proportion Share(JsonElement arm) => new(arm.Count("x"), arm.Count("n"));

    private static Moments FromMean(JsonElement arm) =>
        Moments.FromMeanAndVariance(arm.Count("n"), arm.Number("mean"), arm.Number("var"));

    private static Moments FromSums(JsonElement arm) =>
        Moments.FromSums(arm.Count("n"), arm.Number("sum"), arm.Number("sum_sq"));

    private static Moments Parts(JsonElement arm) => Moments.FromSums(
        arm.Count("n"), arm.Number("sum_m"), arm.Number("sum_mm"), arm.Number("sum_d"), arm.Number("sum_dd"),
        arm.Number("sum_md"));
}
