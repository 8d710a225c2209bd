using System.Globalization;
using Fairlead.Statistics;
using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Core.Monitoring;

/// <summary>
/// Judges a look at all columns of an endpoint. An alarm needs a difference that matters (effect less the error of the
/// sketches at or above the threshold), that is no chance (p-value, corrected over all comparisons of the look, at or
/// below alpha), and enough rows on both sides; without these rows the state is "insufficient data", unless a test that
/// is exact at every size is sure all the same.
/// </summary>
public static class DriftJudgement
{
    /// <summary>Judges.</summary>
    public static DriftReport Judge(IReadOnlyList<ColumnPair> columns, DriftPolicy policy) =>
        Conclude(columns.SelectMany(column => Compare(column, policy)), policy);

    /// <summary>Compares one column: figures without a verdict, which hold on to no values.</summary>
    public static IReadOnlyList<DriftFinding> Compare(ColumnPair column, DriftPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var findings = new List<DriftFinding> { Distribution(column, policy), Missing(column, policy) };
        var (reference, current) = (column.Reference, column.Current);
        if (MethodChoice.HasFewValues(reference)
            || (reference.Kind == ColumnKind.Category && reference.CountError == 0))
            findings.Add(Novelty(column.Name, reference, current, policy));
        return findings;
    }

    /// <summary>Gives the verdict on the comparisons of all columns of a look.</summary>
    public static DriftReport Conclude(IEnumerable<DriftFinding> comparisons, DriftPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var findings = comparisons.ToArray();
        var counts = findings.CountBy(finding => finding.Aspect).ToDictionary();
        var adjusted = MultipleTesting.Adjust(
            [.. findings.Select(finding => finding.P)],
            [.. findings.Select(finding => policy.Shares.Of(finding.Aspect) / counts[finding.Aspect])],
            policy.Correction);
        for (var i = 0; i < findings.Length; i++)
            findings[i] = Decide(findings[i] with { AdjustedP = adjusted[i] }, policy, findings.Length);

        var state = findings.Any(finding => finding.State == DriftState.Drift) ? DriftState.Drift
            : findings.Length == 0 || findings.Any(finding => finding.State == DriftState.InsufficientData)
                ? DriftState.InsufficientData
                : DriftState.Ok;
        return new(
            state,
            [.. findings.OrderByDescending(finding => finding.State == DriftState.Drift)
                .ThenByDescending(finding => double.IsNaN(finding.Effect) ? -1 : finding.Effect / finding.Threshold)
                .ThenBy(finding => finding.Column, StringComparer.Ordinal)],
            policy.Alpha);
    }

    private static DriftFinding Distribution(ColumnPair column, DriftPolicy policy)
    {
        var (reference, current) = (column.Reference, column.Current);
        var choice = MethodChoice.Of(
            reference, policy.Methods.TryGetValue(column.Name, out var wanted) ? wanted : null);
        var method = choice.Method;
        var threshold = policy.Thresholds.TryGetValue(column.Name, out var set) ? set : method.DefaultThreshold();
        var finding = new DriftFinding(
            column.Name, DriftAspect.Distribution, DriftState.InsufficientData, method.ToString(), choice.Why,
            reference.Kind == ColumnKind.Text && method.NeedsNumbers()
                ? $"{method.EffectName()} of the length" : method.EffectName(),
            double.NaN, 0, threshold, double.NaN, double.NaN, reference.Values, current.Values,
            "");
        if (TooFew(finding, policy.MinimumRows, policy.MinimumRows) is { } few)
            return few;
        if (method.NeedsRows() && !(reference.HasRows && current.HasRows))
            return finding with { Sentence = $"{method} needs the rows themselves, and only sketches were kept" };
        var measure = DriftMeasure.Of(method, reference, current);
        return finding with { Effect = measure.Effect, Error = measure.Error, P = measure.P };
    }

    private static DriftFinding Missing(ColumnPair column, DriftPolicy policy)
    {
        var (reference, current) = (column.Reference, column.Current);
        var finding = new DriftFinding(
            column.Name, DriftAspect.Missing, DriftState.InsufficientData, nameof(DriftMethod.FisherExact),
            "rows with and without a value are two categories", "difference of the share of missing values",
            double.NaN, 0, policy.MissingThreshold, double.NaN, double.NaN, reference.Rows, current.Rows, "");
        if (TooFew(finding, policy.MinimumRows, policy.MinimumRowsOfExactTests) is { } few)
            return few;
        var (before, now) = (
            new Proportion(reference.Rows - reference.Values, reference.Rows),
            new Proportion(current.Rows - current.Values, current.Rows));
        return finding with
        {
            Effect = Math.Abs((double)now.Successes / now.Trials - (double)before.Successes / before.Trials),
            P = FisherExact.Test(now, before).P.TwoSided,
        };
    }

    private static DriftFinding Novelty(
        string name, ColumnEvidence reference, ColumnEvidence current, DriftPolicy policy)
    {
        var finding = new DriftFinding(
            name, DriftAspect.NewCategories, DriftState.InsufficientData, "Novelty",
            "values of new names are held against how rarely the reference met new ones, exact at every size",
            "share of values of new categories",
            double.NaN, 0, policy.NoveltyThreshold, double.NaN, double.NaN, reference.Values, current.Values, "");
        if (TooFew(finding, policy.MinimumRows, policy.MinimumRowsOfExactTests) is { } few)
            return few;

        // What a sketch has not counted is no new name: the counts that it has are never too high.
        var novelty = CategoryNovelty.Test(reference.Counts, current.Counts);
        var share = (double)novelty.New / current.Values;
        return finding with
        {
            Effect = share,
            P = novelty.P,
            EffectName = novelty.New == 0
                ? finding.EffectName
                : $"{finding.EffectName} ({string.Join(", ", novelty.Categories.Take(3))})",
        };
    }

    private static DriftFinding? TooFew(DriftFinding finding, long ofReference, long ofCurrent) =>
        finding.ReferenceRows >= ofReference && finding.CurrentRows >= ofCurrent
            ? null
            : finding with { Sentence = Few(finding, ofReference) };

    private static string Few(DriftFinding finding, long needed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{finding.CurrentRows} values against {finding.ReferenceRows}, at least {needed} are needed on each side");

    private static DriftFinding Decide(DriftFinding finding, DriftPolicy policy, int comparisons)
    {
        if (double.IsNaN(finding.P))
            return finding with { Sentence = $"{Subject(finding)}: insufficient data; {finding.Sentence}." };
        var large = finding.Effect - finding.Error >= finding.Threshold;
        var sure = finding.AdjustedP <= policy.Alpha;
        if (finding.CurrentRows < policy.MinimumRows && !(large && sure))
        {
            return finding with
            {
                Sentence = $"{Subject(finding)}: insufficient data; {Few(finding, policy.MinimumRows)}.",
            };
        }

        return finding with
        {
            State = large && sure ? DriftState.Drift : DriftState.Ok,
            Sentence = string.Create(
                CultureInfo.InvariantCulture,
                $"{Subject(finding)}: {Verdict(large, sure)}; "
                + $"{finding.EffectName} {finding.Effect:0.####}{Less(finding.Error)}, "
                + $"matters from {finding.Threshold:0.####}; p {Chance(finding.AdjustedP)} over {comparisons} "
                + $"comparisons, alarm up to {Chance(policy.Alpha)}; {finding.CurrentRows} values against "
                + $"{finding.ReferenceRows}."),
        };
    }

    /// <summary>A probability, small ones by their power of ten.</summary>
    internal static string Chance(double probability) =>
        probability.ToString(probability is >= 0.001 or 0 ? "0.####" : "0.##E+0", CultureInfo.InvariantCulture);

    /// <summary>What a difference comes to, in words.</summary>
    /// <param name="large">It is large enough to matter.</param>
    /// <param name="sure">It is too large for chance.</param>
    internal static string Verdict(bool large, bool sure) => (large, sure) switch
    {
        (true, true) => "drift",
        (true, false) => "OK, the difference may be chance",
        (false, true) => "OK, the difference is real and too small to matter",
        _ => "OK",
    };

    private static string Less(double error) =>
        error > 0 ? string.Create(CultureInfo.InvariantCulture, $" (less {error:0.####} of sketches)") : "";

    private static string Subject(DriftFinding finding) => finding.Aspect switch
    {
        DriftAspect.Missing => $"missing values of {finding.Column}",
        DriftAspect.NewCategories => $"new categories of {finding.Column}",
        _ => finding.Column,
    };
}
