using System.Text.Json;
using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>Statistics of two samples or two distributions.</summary>
internal sealed class DriftFamilies : ICaseFamilies
{
    public static IReadOnlyDictionary<string, KindRunner> Families { get; } = new Dictionary<string, KindRunner>
    {
        ["drift.ks"] = Kolmogorov,
        ["drift.cvm"] = inputs => Outcome(CramerVonMises.Test(Reference(inputs), Current(inputs))),
        ["drift.epps"] = inputs => Outcome(EppsSingleton.Test(Reference(inputs), Current(inputs))),
        ["drift.anderson"] = Anderson,
        ["drift.mannwhitney"] = RankSum,
        ["drift.ttest"] = TTest,
        ["drift.fisher"] = Fisher,
        ["drift.chi2"] = ChiSquareTest,
        ["drift.wasserstein"] = Distances,
        ["drift.binning"] = Binning,
        ["drift.psi"] = StabilityIndex,
        ["drift.js"] = OfShares((p, q) => new()
        {
            ["js_distance_nat"] = Divergences.JensenShannonDistance(p, q, LogBase.Natural),
            ["js_distance_base2"] = Divergences.JensenShannonDistance(p, q, LogBase.Two),
            ["js_divergence_nat"] = Divergences.JensenShannon(p, q, LogBase.Natural),
            ["js_divergence_base2"] = Divergences.JensenShannon(p, q, LogBase.Two),
        }),
        ["drift.kl"] = OfShares((p, q) => new()
        {
            ["kl_nat"] = Divergences.KullbackLeibler(p, q),
            ["kl_base2"] = Divergences.KullbackLeibler(p, q, LogBase.Two),
        }),
        ["drift.hellinger"] = OfShares((p, q) => new() { ["hellinger"] = Divergences.Hellinger(p, q) }),
        ["drift.tvd"] = OfShares((p, q) => new()
        {
            ["tvd"] = Divergences.TotalVariation(p, q),
            ["linf"] = Divergences.LInfinity(p, q),
        }),
    };

    internal static double[] Reference(JsonElement inputs) => Clean(inputs, "reference");

    internal static double[] Current(JsonElement inputs) => Clean(inputs, "current");

    private static double[] Clean(JsonElement inputs, string name) => CleanSample.Of(inputs.Numbers(name)).Values;

    private static Dictionary<string, object?> Outcome(TestOutcome outcome) => new()
    {
        ["statistic"] = outcome.Statistic,
        ["p_value"] = outcome.P,
    };

    private static KindRunner OfShares(Func<double[], double[], Dictionary<string, object?>> compare) =>
        inputs => compare(inputs.Numbers("p"), inputs.Numbers("q"));

    private static Alternative Side(JsonElement inputs) => inputs.Text("alternative", "two-sided") switch
    {
        "greater" => Alternative.Greater,
        "less" => Alternative.Less,
        _ => Alternative.TwoSided,
    };

    private static Dictionary<string, object?> Kolmogorov(JsonElement inputs) => Outcome(KolmogorovSmirnov.Test(
        Reference(inputs), Current(inputs), Side(inputs), inputs.Text("method", "auto") switch
        {
            "exact" => KolmogorovMethod.Exact,
            "asymp" or "asymptotic" => KolmogorovMethod.Asymptotic,
            _ => KolmogorovMethod.Auto,
        }));

    private static Dictionary<string, object?> Anderson(JsonElement inputs)
    {
        var result = AndersonDarling.Test(Reference(inputs), Current(inputs));
        return new()
        {
            ["statistic"] = result.Statistic,
            ["p_value"] = result.P,
            ["critical"] = result.Critical,
        };
    }

    private static Dictionary<string, object?> RankSum(JsonElement inputs)
    {
        var (x, y) = (Reference(inputs), Current(inputs));
        var exact = Math.Min(x.Length, y.Length) <= 8 && x.Concat(y).Distinct().Count() == x.Length + y.Length;
        var p = MannWhitney.Sided(y, x, exact);
        return new()
        {
            ["u"] = MannWhitney.Test(y, x).U,
            ["p_value"] = Side(inputs) switch
            {
                Alternative.Greater => p.Greater,
                Alternative.Less => p.Less,
                _ => p.TwoSided,
            },
        };
    }

    private static Dictionary<string, object?> TTest(JsonElement inputs)
    {
        var (x, y) = (Moments.Of(Reference(inputs)), Moments.Of(Current(inputs)));
        var result = inputs.Truth("equal_var")
            ? MeanDifference.Student(y, x, 0.05)
            : MeanDifference.Welch(y, x, 0.05);
        return new()
        {
            ["t"] = result.T,
            ["df"] = result.Degrees,
            ["p_value"] = result.P.TwoSided,
        };
    }

    private static Dictionary<string, object?> Fisher(JsonElement inputs)
    {
        var table = Table(inputs);
        var result = FisherExact.Test(Share(table[0]), Share(table[1]));
        return new() { ["odds_ratio"] = result.OddsRatio, ["p_value"] = result.P.TwoSided };

        static Proportion Share(double[] row) => new((long)row[0], (long)(row[0] + row[1]));
    }

    private static Dictionary<string, object?> ChiSquareTest(JsonElement inputs)
    {
        var result = Contingency.Independence(
            Table(inputs), inputs.TryGetProperty("yates", out var yates) && yates.GetBoolean());
        return new()
        {
            ["statistic"] = result.Statistic,
            ["p_value"] = result.P,
            ["dof"] = result.Degrees,
            ["expected"] = result.Expected,
        };
    }

    private static double[][] Table(JsonElement inputs) =>
        [.. inputs.At("table").EnumerateArray().Select(row => row.Numbers())];

    private static Dictionary<string, object?> Distances(JsonElement inputs) =>
        inputs.TryGetProperty("u_values", out _)
            ? new()
            {
                ["w1"] = Transport.Wasserstein(
                    inputs.Numbers("u_values"), inputs.Numbers("u_weights"),
                    inputs.Numbers("v_values"), inputs.Numbers("v_weights")),
            }
            : new()
            {
                ["w1"] = Transport.Wasserstein(Reference(inputs), Current(inputs)),
                ["energy"] = Transport.Energy(Reference(inputs), Current(inputs)),
            };

    private static Dictionary<string, object?> Binning(JsonElement inputs)
    {
        var bins = Bins.Of(CleanSample.Of(inputs.Numbers("values")).Values, inputs.Text("rule") switch
        {
            "sturges" => BinRule.Sturges,
            "doane" => BinRule.Doane,
            "fd" => BinRule.FreedmanDiaconis,
            "scott" => BinRule.Scott,
            "sqrt" => BinRule.SquareRoot,
            "rice" => BinRule.Rice,
            "auto" => BinRule.Auto,
            var other => throw new NotSupportedException($"unknown rule '{other}'"),
        });
        return new()
        {
            ["n_bins"] = bins.Count,
            ["first"] = bins.Edges[0],
            ["last"] = bins.Edges[^1],
            ["width"] = bins.Width,
            ["edges"] = bins.Edges.ToArray(),
        };
    }

    private static Dictionary<string, object?> StabilityIndex(JsonElement inputs)
    {
        if (inputs.TryGetProperty("n_reference", out _))
        {
            return new()
            {
                ["critical"] = Divergences.PopulationStabilityCritical(
                    inputs.Count("n_reference"), inputs.Count("n_current"), (int)inputs.Count("bins"),
                    inputs.Number("alpha")),
            };
        }

        var (x, y) = (Reference(inputs), Current(inputs));
        var bins = Bins.OfQuantiles(x, (int)inputs.Count("bins"));
        var (p, q) = (bins.CountsOf(x), bins.CountsOf(y));
        return new()
        {
            ["psi"] = Divergences.PopulationStability(p, q, inputs.Number("epsilon", 1e-4)),
            ["reference_props"] = p.Select(count => count / x.Length).ToArray(),
            ["current_props"] = q.Select(count => count / y.Length).ToArray(),
            ["inner_edges"] = bins.Edges[1..^1].ToArray(),
        };
    }
}
