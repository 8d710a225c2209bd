using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Estimation;

/// <summary>
/// Turns a score into the probability of its class by isotonic regression, if that helps: on seeded, stratified splits
/// that leave out a tenth, the pooled expected calibration error (equal-count bins) must become smaller. Otherwise, and
/// where one class is missing or the ranking is all but perfect (an area above 0.999), scores stay as they are, cut to
/// 0 to 1.
/// </summary>
public sealed class ProbabilityCalibrator
{
    private const int Splits = 10;
    private const int Bins = 10;
    private const double LeftOut = 0.1;
    private const double NearlyPerfect = 0.999;

    private readonly Isotonic? _map;

    private ProbabilityCalibrator(Isotonic? map) => _map = map;

    /// <summary>Whether scores are changed.</summary>
    public bool Calibrates => _map is not null;

    /// <summary>Learns from labelled reference rows.</summary>
    public static ProbabilityCalibrator Fit(ReadOnlySpan<double> scores, ReadOnlySpan<bool> happened, ulong seed)
    {
        var positives = happened.Count(true);
        if (positives == 0 || positives == happened.Length
            || new ScoredRows(happened, scores).RocAuc(0.05).Value > NearlyPerfect
            || !Helps(scores, happened, seed))
        {
            return new(null);
        }

        return new(Isotonic.Fit(scores, Numbers(happened)));
    }

    /// <summary>The probability of a score; NaN for NaN.</summary>
    public double Calibrate(double score) => Math.Clamp(_map?.At(score) ?? score, 0, 1);

    private static bool Helps(ReadOnlySpan<double> scores, ReadOnlySpan<bool> happened, ulong seed)
    {
        var random = new SplitMix64(seed);
        List<int> positives = [], negatives = [];
        for (var i = 0; i < happened.Length; i++)
            (happened[i] ? positives : negatives).Add(i);

        List<double> before = [], after = [];
        List<bool> outcomes = [];
        for (var split = 0; split < Splits; split++)
        {
            HashSet<int> test = [.. Draw(positives, random), .. Draw(negatives, random)];
            List<double> x = [], y = [];
            for (var i = 0; i < scores.Length; i++)
            {
                if (test.Contains(i))
                    continue;
                x.Add(scores[i]);
                y.Add(happened[i] ? 1 : 0);
            }

            if (x.Count == 0)
                return false;
            var map = Isotonic.Fit([.. x], [.. y]);
            foreach (var i in test.Order())
            {
                before.Add(Math.Clamp(scores[i], 0, 1));
                after.Add(Math.Clamp(map.At(scores[i]), 0, 1));
                outcomes.Add(happened[i]);
            }
        }

        return outcomes.Count >= 4 && Error(after, outcomes) < Error(before, outcomes);
    }

    private static double Error(List<double> probabilities, List<bool> outcomes) => CalibrationCurve.Of(
        [.. probabilities], [.. outcomes], CalibrationBinning.EqualCount, Bins).ExpectedError;

    private static int[] Draw(List<int> rows, SplitMix64 random)
    {
        var count = Math.Max(1, (int)Math.Round(rows.Count * LeftOut));
        for (var i = 0; i < count && i < rows.Count; i++)
        {
            var pick = i + random.NextIndex(rows.Count - i);
            (rows[i], rows[pick]) = (rows[pick], rows[i]);
        }

        return [.. rows.Take(count)];
    }

    private static double[] Numbers(ReadOnlySpan<bool> happened)
    {
        var numbers = new double[happened.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = happened[i] ? 1 : 0;
        return numbers;
    }
}
