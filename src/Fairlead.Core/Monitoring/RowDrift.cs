using System.Globalization;
using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Core.Monitoring;

/// <summary>
/// Judges all columns of rows together: it finds what no column shows alone, such as two that moved together and no
/// longer do. As for columns an alarm needs a difference that matters, that is no chance, and enough rows. Pure.
/// </summary>
public static class RowDrift
{
    /// <summary>What stands in place of a column's name.</summary>
    public const string Subject = "all columns together";

    /// <summary>Most permutations of one look, and most rows a side that they are made of.</summary>
    public const int MostPermutations = 20_000, MostPermutedRows = 300;

    /// <summary>Most rows a side that any method is given: more add little and cost much.</summary>
    public const int MostRows = 2_000;

    /// <summary>Judges.</summary>
    /// <param name="names">The names of the columns.</param>
    /// <param name="reference">Rows of as many numbers; NaN is missing.</param>
    /// <param name="current">Likewise.</param>
    /// <param name="policy">How.</param>
    public static DriftFinding Judge(
        IReadOnlyList<string> names, IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current,
        RowDriftPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var method = policy.Method ?? RowMethod.DomainClassifier;
        var finding = new DriftFinding(
            Subject, DriftAspect.Together, DriftState.InsufficientData, method.ToString(),
            policy.Method is null ? method.Purpose() : "set for this look", method.EffectName(), double.NaN, 0,
            policy.Threshold ?? method.DefaultThreshold(), double.NaN, double.NaN, reference.Count, current.Count, "");
        var least = Math.Max(policy.MinimumRows, DomainClassifier.FewestRows);
        if (reference.Count < least || current.Count < least)
        {
            return finding with
            {
                Sentence = string.Create(CultureInfo.InvariantCulture,
                    $"{Subject}: insufficient data; {current.Count} rows against {reference.Count}, at least {least} "
                    + $"are needed on each side."),
            };
        }

        var random = new SplitMix64(policy.Seed);
        var scaled = ScaledRows.Of(
            KernelDiscrepancy.Sample(reference, MostRows, random), KernelDiscrepancy.Sample(current, MostRows, random));
        if (scaled.Columns.Count == 0)
        {
            return finding with
            {
                Sentence = $"{Subject}: insufficient data; no column holds numbers that differ.",
            };
        }

        var (effect, p) = Measure(method, scaled, policy);
        return Decide(finding with { Effect = effect, P = p, AdjustedP = p }, policy, scaled.MostMoved(names));
    }

    private static (double Effect, double P) Measure(RowMethod method, ScaledRows rows, RowDriftPolicy policy)
    {
        // Enough that the least p-value lies well below alpha.
        var permutations = (int)Math.Min(MostPermutations, Math.Ceiling(4 / policy.Alpha));
        switch (method)
        {
            case RowMethod.DomainClassifier:
                var told = DomainClassifier.Test(rows.Reference, rows.Current, policy.Seed, MostRows);
                return (told.Auc - 0.5, told.P);
            case RowMethod.Reconstruction:
                return Reconstruction(rows);
            case RowMethod.Mmd:
                var kernel = KernelDiscrepancy.Test(
                    rows.Reference, rows.Current, policy.Seed, permutations, MostPermutedRows);
                return (kernel.Statistic, kernel.P);
            default:
                var energy = RowEnergy.Test(rows.Reference, rows.Current, policy.Seed, permutations, MostPermutedRows);
                return (RowEnergy.Inhomogeneity(
                    [.. rows.Reference.Take(MostPermutedRows)], [.. rows.Current.Take(MostPermutedRows)]), energy.P);
        }
    }

    /// <summary>
    /// Components are learnt from half of the reference, and the other half is what the current rows are held against:
    /// rows lie nearer to a plane that was laid through them than others do.
    /// </summary>
    private static (double Effect, double P) Reconstruction(ScaledRows rows)
    {
        var half = rows.Reference.Count / 2;
        var fitted = PcaReconstruction.Fit([.. rows.Reference.Take(half)]);
        double[] before = [.. fitted.Of([.. rows.Reference.Skip(half)]).Rows];
        double[] now = [.. fitted.Of(rows.Current).Rows];
        var p = MannWhitney.Sided(before, now, exact: false).TwoSided;
        return (
            Math.Abs(MannWhitney.Test(before, now).CommonLanguage - 0.5), double.IsNaN(p) ? 1 : p);
    }

    private static DriftFinding Decide(DriftFinding finding, RowDriftPolicy policy, string moved)
    {
        var (large, sure) = (finding.Effect >= finding.Threshold, finding.P <= policy.Alpha);
        return finding with
        {
            State = large && sure ? DriftState.Drift : DriftState.Ok,
            Sentence = string.Create(
                CultureInfo.InvariantCulture,
                $"{finding.Column}: {DriftJudgement.Verdict(large, sure)}; "
                + $"{finding.EffectName} {finding.Effect:0.####}, matters from {finding.Threshold:0.####}; "
                + $"p {DriftJudgement.Chance(finding.P)}, alarm up to {DriftJudgement.Chance(policy.Alpha)}; "
                + $"{finding.CurrentRows} rows against {finding.ReferenceRows}{(large && sure ? moved : "")}."),
        };
    }
}
