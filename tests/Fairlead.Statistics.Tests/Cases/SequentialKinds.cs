using System.Globalization;
using System.Text.Json;
using Fairlead.Statistics.Bandits;
using Fairlead.Statistics.Bayes;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>Sequential methods, Bayesian engines and bandits.</summary>
internal static class SequentialKinds
{
    internal static readonly IReadOnlyDictionary<string, KindRunner> Kinds = new Dictionary<string, KindRunner>
    {
        ["normal_mixture_boundary"] = NormalMixtureBoundary,
        ["asymptotic_confidence_sequence"] = AsymptoticConfidenceSequence,
        ["asympcs_best_rho2_exact"] = BestRho2Exact,
        ["sequential_relative_lift"] = RelativeLift,
        ["sequential_abs_diff"] = AbsoluteDifference,
        ["sequential_relative_lift_prop"] = RelativeLiftOfProportions,
        ["sequential_one_sided_abs"] = OneSided,
        ["msprt_normal"] = MixtureRatio,
        ["msprt_running_p"] = RunningP,
        ["statsig_sequential_z"] = StatsigDocumented,
        ["gs_bounds"] = ClassicBounds,
        ["gs_bounds_spending"] = SpendingBounds,
        ["gs_inflation"] = Inflation,
        ["gs_monitor"] = Monitor,
        ["peeking_fpr"] = Peeking,
        ["srm_sequential"] = SampleRatio,
        ["beta_binomial_ab"] = BetaBinomial,
        ["gaussian_effect_ab"] = GaussianEffectEngine,
        ["thompson_prob_best"] = ThompsonBeta,
        ["thompson_prob_best_normal"] = ThompsonNormal,
        ["ucb1"] = Ucb1,
        ["kl_ucb"] = KlUcb,
        ["lai_robbins"] = LaiRobbins,
    };

    private static Dictionary<string, object?> NormalMixtureBoundary(JsonElement inputs)
    {
        var rho = NormalMixture.Rho(inputs.Number("v_opt"), inputs.Number("alpha_opt"));
        var v = inputs.Number("v");
        return new()
        {
            ["rho"] = rho,
            ["bound"] = NormalMixture.Bound(v, rho, inputs.Number("alpha")),
            ["log_mixture"] = NormalMixture.LogMixture(inputs.Number("s"), v, rho),
        };
    }

    private static Dictionary<string, object?> AsymptoticConfidenceSequence(JsonElement inputs)
    {
        var (sigma, n) = (inputs.Number("sigma"), inputs.Number("n"));
        var (alpha, tune) = (inputs.Number("alpha"), inputs.Number("n_tune"));
        var half = AsymptoticSequence.HalfWidth(sigma, n, tune, alpha);
        return new()
        {
            // What that literature calls ρ is 1/√ρ of the mixture.
            ["rho"] = 1 / Math.Sqrt(NormalMixture.Rho(tune, alpha)),
            ["halfwidth"] = half,
            ["ratio_to_fixed_z"] = half / (Normal.UpperQuantile(alpha / 2) * sigma / Math.Sqrt(n)),
        };
    }

    private static Dictionary<string, object?> BestRho2Exact(JsonElement inputs)
    {
        var (t, alpha) = (inputs.Number("t_opt"), inputs.Number("alpha"));
        return new()
        {
            ["rho2"] = 1 / NormalMixture.RhoExact(t, alpha),
            ["rho2_approx"] = 1 / NormalMixture.Rho(t, alpha),
        };
    }

    private static Dictionary<string, object?> RelativeLift(JsonElement inputs) => Fields(
        AsymptoticSequence.RelativeLift(Arm(inputs.At("control")), Arm(inputs.At("treatment")),
            inputs.Number("n_tune"), inputs.Number("alpha")));

    private static Dictionary<string, object?> AbsoluteDifference(JsonElement inputs) => Fields(
        AsymptoticSequence.Difference(Arm(inputs.At("control")), Arm(inputs.At("treatment")),
            inputs.Number("n_tune"), inputs.Number("alpha")));

    private static Dictionary<string, object?> RelativeLiftOfProportions(JsonElement inputs)
    {
        var (control, treatment) = (inputs.At("control"), inputs.At("treatment"));
        return Fields(AsymptoticSequence.RelativeLift(Share(control), Share(treatment),
            control.Number("n") + treatment.Number("n"), inputs.Number("n_tune"), inputs.Number("alpha")));
    }

    private static Dictionary<string, object?> OneSided(JsonElement inputs) => Fields(
        AsymptoticSequence.Difference(Arm(inputs.At("control")), Arm(inputs.At("treatment")),
            inputs.Number("n_tune"), inputs.Number("alpha"), Sides.One));

    private static Dictionary<string, object?> MixtureRatio(JsonElement inputs)
    {
        var look = MixtureTest.Look(
            inputs.Number("delta"), inputs.Number("var_of_delta"), inputs.Number("tau"), inputs.Number("alpha"));
        return new()
        {
            ["log_lambda"] = look.LogLambda,
            ["lambda_"] = Math.Exp(look.LogLambda),
            ["p_instant"] = look.PInstant,
            ["reject"] = look.Rejects,
            ["ci"] = new[] { look.Low, look.High },
        };
    }

    private static Dictionary<string, object?> RunningP(JsonElement inputs)
    {
        var (sigma2, tau) = (inputs.Number("sigma2"), inputs.Number("tau"));
        var running = 1.0;
        var sequence = new List<double>();
        foreach (var look in inputs.GetProperty("looks").EnumerateArray())
        {
            running = MixtureTest.RunningP(running, MixtureTest.Look(
                look.Number("delta"), 2 * sigma2 / look.Number("n_per_arm"), tau, 0.05));
            sequence.Add(running);
        }

        return new() { ["p_sequence"] = sequence.ToArray() };
    }

    private static Dictionary<string, object?> StatsigDocumented(JsonElement inputs)
    {
        var (variance, tau, z) = MixtureTest.StatsigDocumented(
            inputs.Number("var_t"), inputs.Number("var_c"), inputs.Number("n_t"), inputs.Number("n_c"),
            inputs.Number("alpha"));
        return new() { ["V"] = variance, ["tau"] = tau, ["z_star"] = z };
    }

    private static Dictionary<string, object?> ClassicBounds(JsonElement inputs)
    {
        var (alpha, t) = (inputs.Number("alpha_two_sided"), inputs.Numbers("t"));
        var (c, z) = Classic(inputs.Text("kind"), alpha, t);
        return new() { ["C"] = c, ["z"] = z };
    }

    private static Dictionary<string, object?> SpendingBounds(JsonElement inputs)
    {
        var bounds = GroupSequential.Bounds(
            Spending(inputs.Text("kind")), inputs.Number("alpha_two_sided"), Sides.Two, inputs.Numbers("t"));
        return new()
        {
            ["cumulative_alpha"] = bounds.Select(bound => bound.CumulativeAlpha).ToArray(),
            ["z"] = bounds.Select(bound => bound.Z).ToArray(),
        };
    }

    private static Dictionary<string, object?> Inflation(JsonElement inputs)
    {
        var (alpha, looks) = (inputs.Number("alpha_two_sided"), (int)inputs.Number("K"));
        var t = Enumerable.Range(1, looks).Select(k => k / (double)looks).ToArray();
        var (_, z) = Classic(inputs.Text("kind"), alpha, t);
        return new()
        {
            ["max_sample_inflation"] = GroupSequential.Inflation(alpha, inputs.Number("power"), Sides.Two, t, z),
        };
    }

    private static Dictionary<string, object?> Monitor(JsonElement inputs)
    {
        var plan = new GroupSequentialPlan(
            inputs.Number("alpha_two_sided"), Sides.Two, Spending(inputs.Text("spending")));
        var (t, z) = (inputs.Numbers("t"), inputs.Numbers("z_observed"));
        var state = MonitorState.Fresh;
        for (var k = 0; k < t.Length; k++)
        {
            var result = GroupSequentialMonitor.Look(plan, state, t[k], z[k]);
            state = result.State;
            if (result.Decision == LookDecision.Reject)
                return new() { ["stop_look"] = k + 1, ["reject"] = true };
        }

        return new() { ["stop_look"] = t.Length, ["reject"] = false };
    }

    private static Dictionary<string, object?> Peeking(JsonElement inputs) => new()
    {
        ["type1"] = GroupSequential.PeekingErrorRate((int)inputs.Number("K"), inputs.Number("z")),
    };

    private static Dictionary<string, object?> SampleRatio(JsonElement inputs)
    {
        var log = SequentialSampleRatio.LogBayesFactor(
            [.. inputs.Numbers("observed").Select(count => (long)count)], inputs.Numbers("theta0"),
            inputs.Number("dirichlet_concentration"));
        return new() { ["log_bayes_factor"] = log, ["p_anytime"] = SequentialSampleRatio.PValue(log) };
    }

    private static Dictionary<string, object?> BetaBinomial(JsonElement inputs)
    {
        var prior = inputs.Numbers("prior");
        BetaPosterior Posterior(string arm)
        {
            var counts = inputs.GetProperty(arm);
            return BetaPosterior.After(counts.Number("x"), counts.Number("n"), prior[0], prior[1]);
        }

        var (a, b) = (Posterior("control"), Posterior("treatment"));
        var test = BetaBinomialTest.Compare(a, b);
        var (low, high) = b.Interval();
        return new()
        {
            ["prob_b_beats_a"] = test.ProbabilityBBetter,
            ["expected_loss_choose_a"] = test.LossOfA,
            ["expected_loss_choose_b"] = test.LossOfB,
            ["posterior_mean_a"] = a.Mean,
            ["posterior_mean_b"] = b.Mean,
            ["ci95_b"] = new[] { low, high },
        };
    }

    private static Dictionary<string, object?> GaussianEffectEngine(JsonElement inputs)
    {
        var (control, treatment) = (Share(inputs.At("control")), Share(inputs.At("treatment")));
        var ratio = treatment.Mean / control.Mean;
        var error = Math.Sqrt(treatment.Variance + ratio * ratio * control.Variance) / control.Mean;
        var prior = inputs.GetProperty("prior");
        var effect = GaussianEffect.After(ratio - 1, error, prior.ValueKind == JsonValueKind.Null
            ? null
            : new GaussianPrior(prior.Number("mean"), prior.Number("variance")));
        var (low, high) = effect.Interval(inputs.Number("alpha"));
        return new()
        {
            ["chance_to_win"] = effect.ChanceToWin,
            ["expected"] = effect.Mean,
            ["sd"] = effect.Deviation,
            ["ci"] = new[] { low, high },
            ["risk"] = new[] { effect.LossOfControl, effect.LossOfTreatment },
        };
    }

    private static Dictionary<string, object?> ThompsonBeta(JsonElement inputs) => new()
    {
        ["prob_best"] = Thompson.Weights(
            [.. inputs.GetProperty("posteriors").EnumerateArray().Select(arm =>
                new BetaPosterior(arm[0].GetDouble(), arm[1].GetDouble()))]),
    };

    private static Dictionary<string, object?> ThompsonNormal(JsonElement inputs)
    {
        var best = Thompson.Weights([.. inputs.Numbers("mean").Zip(inputs.Numbers("sd"),
            (mean, deviation) => new NormalPosterior(mean, deviation))]);
        var results = new Dictionary<string, object?> { ["prob_best"] = best };
        if (inputs.TryGetProperty("min_weight", out var floor))
            results["weights"] = WeightFloor.Apply(best, floor.GetDouble());
        return results;
    }

    private static Dictionary<string, object?> Ucb1(JsonElement inputs) =>
        Index(IndexPolicies.Ucb1(Arms(inputs), inputs.Number("t"), inputs.Number("c")));

    private static Dictionary<string, object?> KlUcb(JsonElement inputs) =>
        Index(IndexPolicies.KlUcb(Arms(inputs), inputs.Number("t"),
            inputs.Text("budget").Contains("ln ln", StringComparison.Ordinal) ? 3 : 0));

    private static Dictionary<string, object?> LaiRobbins(JsonElement inputs) => new()
    {
        ["constant"] = IndexPolicies.LaiRobbins(inputs.Numbers("arms")),
    };

    private static Dictionary<string, object?> Index(double[] index) => new()
    {
        ["index"] = index,
        ["choose"] = IndexPolicies.ToTheGreatest(index).IndexOf(weight => weight > 0),
    };

    private static int IndexOf(this double[] values, Predicate<double> match) => Array.FindIndex(values, match);

    private static ArmTotals[] Arms(JsonElement inputs) =>
        [.. inputs.Numbers("pulls").Zip(inputs.Numbers("rewards"), (pulls, rewards) => new ArmTotals(pulls, rewards))];

    private static (double C, double[] Z) Classic(string kind, double alpha, double[] t)
    {
        var (c, z) = kind.StartsWith('O')
            ? GroupSequential.ObrienFleming(alpha, Sides.Two, t)
            : GroupSequential.Pocock(alpha, Sides.Two, t);
        return (c, [.. z]);
    }

    private static SpendingFunction Spending(string kind)
    {
        const string gamma = "hsd_gamma";
        const string rho = "power_rho";
        return kind switch
        {
            "LanDeMets_OBF" => SpendingFunction.ObrienFleming,
            "LanDeMets_Pocock" => SpendingFunction.Pocock,
            _ when kind.StartsWith(gamma, StringComparison.Ordinal) => new SpendingFunction(
                SpendingKind.HwangShihDeCani, double.Parse(kind[gamma.Length..], CultureInfo.InvariantCulture)),
            _ when kind.StartsWith(rho, StringComparison.Ordinal) => new SpendingFunction(
                SpendingKind.Power, double.Parse(kind[rho.Length..], CultureInfo.InvariantCulture)),
            _ => throw new ArgumentException($"An unknown spending function: {kind}."),
        };
    }

    private static Dictionary<string, object?> Fields(SequentialInterval interval) => new()
    {
        ["estimate"] = interval.Estimate,
        ["se"] = interval.StandardError,
        ["ci"] = new[] { interval.Low, interval.High },
        ["p"] = interval.PValue,
    };

    private static Moments Arm(JsonElement arm) =>
        Moments.FromSums(arm.Count("n"), arm.Number("sum"), arm.Number("sum_sq"));

    /// <summary>A proportion with the variance p(1 − p)/n.</summary>
    private static MeanEstimate Share(JsonElement arm)
    {
        var (n, share) = (arm.Number("n"), arm.Number("x") / arm.Number("n"));
        return new MeanEstimate(share, share * (1 - share) / n);
    }
}
