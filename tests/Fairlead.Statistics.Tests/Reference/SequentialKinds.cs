using System.Globalization;
using System.Text.Json;
using Fairlead.Statistics.Bandits;
using Fairlead.Statistics.Bayes;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Statistics.Tests.Reference;

/// <summary>Sequential methods, Bayesian engines and bandits.</summary>
internal static class SequentialKinds
{
    public static Dictionary<string, object> NormalMixtureBoundary(JsonElement inputs)
    {
        var rho = NormalMixture.Rho(Number(inputs, "v_opt"), Number(inputs, "alpha_opt"));
        var v = Number(inputs, "v");
        return new()
        {
            ["rho"] = rho,
            ["bound"] = NormalMixture.Bound(v, rho, Number(inputs, "alpha")),
            ["log_mixture"] = NormalMixture.LogMixture(Number(inputs, "s"), v, rho),
        };
    }

    public static Dictionary<string, object> AsymptoticConfidenceSequence(JsonElement inputs)
    {
        var (sigma, n) = (Number(inputs, "sigma"), Number(inputs, "n"));
        var (alpha, tune) = (Number(inputs, "alpha"), Number(inputs, "n_tune"));
        var half = AsymptoticSequence.HalfWidth(sigma, n, tune, alpha);
        return new()
        {
            // What that literature calls ρ is 1/√ρ of the mixture.
            ["rho"] = 1 / Math.Sqrt(NormalMixture.Rho(tune, alpha)),
            ["halfwidth"] = half,
            ["ratio_to_fixed_z"] = half / (Normal.UpperQuantile(alpha / 2) * sigma / Math.Sqrt(n)),
        };
    }

    public static Dictionary<string, object> BestRho2Exact(JsonElement inputs)
    {
        var (t, alpha) = (Number(inputs, "t_opt"), Number(inputs, "alpha"));
        return new()
        {
            ["rho2"] = 1 / NormalMixture.RhoExact(t, alpha),
            ["rho2_approx"] = 1 / NormalMixture.Rho(t, alpha),
        };
    }

    public static Dictionary<string, object> RelativeLift(JsonElement inputs) =>
        Sequence(inputs, Totals(inputs, "control"), Totals(inputs, "treatment"), relative: true, Sides.Two);

    public static Dictionary<string, object> AbsoluteDifference(JsonElement inputs) =>
        Sequence(inputs, Totals(inputs, "control"), Totals(inputs, "treatment"), relative: false, Sides.Two);

    public static Dictionary<string, object> RelativeLiftOfProportions(JsonElement inputs) =>
        Sequence(inputs, Share(inputs, "control"), Share(inputs, "treatment"), relative: true, Sides.Two);

    public static Dictionary<string, object> OneSided(JsonElement inputs) =>
        Sequence(inputs, Totals(inputs, "control"), Totals(inputs, "treatment"), relative: false, Sides.One);

    public static Dictionary<string, object> MixtureRatio(JsonElement inputs)
    {
        var look = MixtureTest.Look(
            Number(inputs, "delta"), Number(inputs, "var_of_delta"), Number(inputs, "tau"), Number(inputs, "alpha"));
        return new()
        {
            ["log_lambda"] = look.LogLambda,
            ["lambda_"] = Math.Exp(look.LogLambda),
            ["p_instant"] = look.PInstant,
            ["reject"] = look.Rejects,
            ["ci"] = new[] { look.Low, look.High },
        };
    }

    public static Dictionary<string, object> RunningP(JsonElement inputs)
    {
        var (sigma2, tau) = (Number(inputs, "sigma2"), Number(inputs, "tau"));
        var running = 1.0;
        var sequence = new List<double>();
        foreach (var look in inputs.GetProperty("looks").EnumerateArray())
        {
            running = MixtureTest.RunningP(running, MixtureTest.Look(
                Number(look, "delta"), 2 * sigma2 / Number(look, "n_per_arm"), tau, 0.05));
            sequence.Add(running);
        }

        return new() { ["p_sequence"] = sequence.ToArray() };
    }

    public static Dictionary<string, object> StatsigDocumented(JsonElement inputs)
    {
        var (variance, tau, z) = MixtureTest.StatsigDocumented(
            Number(inputs, "var_t"), Number(inputs, "var_c"), Number(inputs, "n_t"), Number(inputs, "n_c"),
            Number(inputs, "alpha"));
        return new() { ["V"] = variance, ["tau"] = tau, ["z_star"] = z };
    }

    public static Dictionary<string, object> ClassicBounds(JsonElement inputs)
    {
        var (alpha, t) = (Number(inputs, "alpha_two_sided"), Numbers(inputs, "t"));
        var (c, z) = Classic(Text(inputs, "kind"), alpha, t);
        return new() { ["C"] = c, ["z"] = z };
    }

    public static Dictionary<string, object> SpendingBounds(JsonElement inputs)
    {
        var bounds = GroupSequential.Bounds(
            Spending(Text(inputs, "kind")), Number(inputs, "alpha_two_sided"), Sides.Two, Numbers(inputs, "t"));
        return new()
        {
            ["cumulative_alpha"] = bounds.Select(bound => bound.CumulativeAlpha).ToArray(),
            ["z"] = bounds.Select(bound => bound.Z).ToArray(),
        };
    }

    public static Dictionary<string, object> Inflation(JsonElement inputs)
    {
        var (alpha, looks) = (Number(inputs, "alpha_two_sided"), (int)Number(inputs, "K"));
        var t = Enumerable.Range(1, looks).Select(k => k / (double)looks).ToArray();
        var (_, z) = Classic(Text(inputs, "kind"), alpha, t);
        return new()
        {
            ["max_sample_inflation"] = GroupSequential.Inflation(alpha, Number(inputs, "power"), Sides.Two, t, z),
        };
    }

    public static Dictionary<string, object> Monitor(JsonElement inputs)
    {
        var plan = new GroupSequentialPlan(
            Number(inputs, "alpha_two_sided"), Sides.Two, Spending(Text(inputs, "spending")));
        var (t, z) = (Numbers(inputs, "t"), Numbers(inputs, "z_observed"));
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

    public static Dictionary<string, object> Peeking(JsonElement inputs) => new()
    {
        ["type1"] = GroupSequential.PeekingErrorRate((int)Number(inputs, "K"), Number(inputs, "z")),
    };

    public static Dictionary<string, object> SampleRatio(JsonElement inputs)
    {
        var log = SequentialSampleRatio.LogBayesFactor(
            [.. Numbers(inputs, "observed").Select(count => (long)count)], Numbers(inputs, "theta0"),
            Number(inputs, "dirichlet_concentration"));
        return new() { ["log_bayes_factor"] = log, ["p_anytime"] = SequentialSampleRatio.PValue(log) };
    }

    public static Dictionary<string, object> BetaBinomial(JsonElement inputs)
    {
        var prior = Numbers(inputs, "prior");
        BetaPosterior Posterior(string arm)
        {
            var counts = inputs.GetProperty(arm);
            return BetaPosterior.After(Number(counts, "x"), Number(counts, "n"), prior[0], prior[1]);
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

    public static Dictionary<string, object> GaussianEffectEngine(JsonElement inputs)
    {
        var (estimate, error) = Effect(Share(inputs, "control"), Share(inputs, "treatment"), relative: true);
        var prior = inputs.GetProperty("prior");
        var effect = GaussianEffect.After(estimate, error, prior.ValueKind == JsonValueKind.Null
            ? null
            : new GaussianPrior(Number(prior, "mean"), Number(prior, "variance")));
        var (low, high) = effect.Interval(Number(inputs, "alpha"));
        return new()
        {
            ["chance_to_win"] = effect.ChanceToWin,
            ["expected"] = effect.Mean,
            ["sd"] = effect.Deviation,
            ["ci"] = new[] { low, high },
            ["risk"] = new[] { effect.LossOfControl, effect.LossOfTreatment },
        };
    }

    public static Dictionary<string, object> ThompsonBeta(JsonElement inputs) => new()
    {
        ["prob_best"] = Thompson.Weights(
            [.. inputs.GetProperty("posteriors").EnumerateArray().Select(arm =>
                new BetaPosterior(arm[0].GetDouble(), arm[1].GetDouble()))]),
    };

    public static Dictionary<string, object> ThompsonNormal(JsonElement inputs)
    {
        var best = Thompson.Weights([.. Numbers(inputs, "mean").Zip(Numbers(inputs, "sd"),
            (mean, deviation) => new NormalPosterior(mean, deviation))]);
        var results = new Dictionary<string, object> { ["prob_best"] = best };
        if (inputs.TryGetProperty("min_weight", out var floor))
            results["weights"] = WeightFloor.Apply(best, floor.GetDouble());
        return results;
    }

    public static Dictionary<string, object> Ucb1(JsonElement inputs) =>
        Index(IndexPolicies.Ucb1(Arms(inputs), Number(inputs, "t"), Number(inputs, "c")));

    public static Dictionary<string, object> KlUcb(JsonElement inputs) =>
        Index(IndexPolicies.KlUcb(Arms(inputs), Number(inputs, "t"),
            Text(inputs, "budget").Contains("ln ln", StringComparison.Ordinal) ? 3 : 0));

    public static Dictionary<string, object> LaiRobbins(JsonElement inputs) => new()
    {
        ["constant"] = IndexPolicies.LaiRobbins(Numbers(inputs, "arms")),
    };

    private static Dictionary<string, object> Index(double[] index) => new()
    {
        ["index"] = index,
        ["choose"] = IndexPolicies.ToTheGreatest(index).IndexOf(weight => weight > 0),
    };

    private static int IndexOf(this double[] values, Predicate<double> match) => Array.FindIndex(values, match);

    private static ArmTotals[] Arms(JsonElement inputs) =>
        [.. Numbers(inputs, "pulls").Zip(Numbers(inputs, "rewards"), (pulls, rewards) => new ArmTotals(pulls, rewards))];

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

    private static Dictionary<string, object> Sequence(
        JsonElement inputs, Arm control, Arm treatment, bool relative, Sides sides)
    {
        var (estimate, error) = Effect(control, treatment, relative);
        var interval = AsymptoticSequence.Interval(
            estimate, error, control.N + treatment.N, Number(inputs, "n_tune"), Number(inputs, "alpha"), sides);
        return new()
        {
            ["estimate"] = interval.Estimate,
            ["se"] = interval.StandardError,
            ["ci"] = new[] { interval.Low, interval.High },
            ["p"] = interval.PValue,
        };
    }

    private static (double Estimate, double Error) Effect(Arm control, Arm treatment, bool relative)
    {
        var (c, t) = (control.Mean, treatment.Mean);
        var (vc, vt) = (control.Variance / control.N, treatment.Variance / treatment.N);
        return relative
            ? ((t - c) / c, Math.Sqrt(vt / (c * c) + vc * t * t / (c * c * c * c)))
            : (t - c, Math.Sqrt(vt + vc));
    }

    private readonly record struct Arm(double N, double Mean, double Variance);

    private static Arm Totals(JsonElement inputs, string name)
    {
        var arm = inputs.GetProperty(name);
        var (n, sum) = (Number(arm, "n"), Number(arm, "sum"));
        return new Arm(n, sum / n, (Number(arm, "sum_sq") - sum * sum / n) / (n - 1));
    }

    private static Arm Share(JsonElement inputs, string name)
    {
        var arm = inputs.GetProperty(name);
        var (n, share) = (Number(arm, "n"), Number(arm, "x") / Number(arm, "n"));
        return new Arm(n, share, share * (1 - share));
    }

    private static double Number(JsonElement inputs, string name) => inputs.GetProperty(name).GetDouble();

    private static string Text(JsonElement inputs, string name) => inputs.GetProperty(name).GetString()!;

    private static double[] Numbers(JsonElement inputs, string name) =>
        [.. inputs.GetProperty(name).EnumerateArray().Select(each => each.GetDouble())];
}
