using System.Runtime.InteropServices;

namespace Fairlead.Statistics.Metrics;

/// <summary>The weight of the rows of one score.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScoreStep(double Score, double Positives, double Negatives);

/// <summary>Areas and curves of steps in falling order of score; NaN without a positive and a negative.</summary>
internal static class ScoreCurves
{
    internal static double RocArea(List<ScoreStep> steps)
    {
        var (p, n) = Sums(steps);
        double area = 0, hits = 0;
        foreach (var step in steps)
        {
            area += step.Negatives * (hits + step.Positives / 2);
            hits += step.Positives;
        }

        return p > 0 && n > 0 ? area / p / n : double.NaN;
    }

    internal static double PartialRocArea(List<ScoreStep> steps, double most)
    {
        var (p, n) = Sums(steps);
        if (!(p > 0) || !(n > 0))
            return double.NaN;

        double area = 0, x = 0, y = 0;
        foreach (var step in steps)
        {
            var (width, rise) = (step.Negatives / n, step.Positives / p);
            if (x + width >= most)
            {
                var part = width > 0 ? (most - x) / width : 0;
                area += (most - x) * (y + rise * part / 2);
                break;
            }

            area += width * (y + rise / 2);
            (x, y) = (x + width, y + rise);
        }

        var byChance = most * most / 2;
        return (1 + (area - byChance) / (most - byChance)) / 2;
    }

    internal static double AveragePrecision(List<ScoreStep> steps)
    {
        var (p, n) = Sums(steps);
        double sum = 0, hits = 0, shown = 0;
        foreach (var step in steps)
        {
            hits += step.Positives;
            shown += step.Positives + step.Negatives;
            if (step.Positives > 0)
                sum += step.Positives / p * (hits / shown);
        }

        return p > 0 && n > 0 ? sum : double.NaN;
    }

    internal static double KolmogorovSmirnov(List<ScoreStep> steps)
    {
        var (p, n) = Sums(steps);
        double most = 0, x = 0, y = 0;
        foreach (var step in steps)
        {
            (x, y) = (x + step.Negatives / n, y + step.Positives / p);
            most = Math.Max(most, Math.Abs(y - x));
        }

        return p > 0 && n > 0 ? most : double.NaN;
    }

    internal static List<CurvePoint> Roc(List<ScoreStep> steps)
    {
        var (p, n) = Sums(steps);
        List<CurvePoint> points = [new(double.PositiveInfinity, 0, 0)];
        double x = 0, y = 0;
        for (var i = 0; i < steps.Count; i++)
        {
            (x, y) = (x + steps[i].Negatives, y + steps[i].Positives);
            var straight = i > 0 && i < steps.Count - 1 && steps[i].Negatives == steps[i + 1].Negatives
                && steps[i].Positives == steps[i + 1].Positives;
            if (!straight)
                points.Add(new(steps[i].Score, x / n, y / p));
        }

        return points;
    }

    internal static List<CurvePoint> PrecisionRecall(List<ScoreStep> steps)
    {
        var (p, _) = Sums(steps);
        List<CurvePoint> points = [new(double.PositiveInfinity, 0, 1)];
        double hits = 0, shown = 0;
        foreach (var step in steps)
        {
            hits += step.Positives;
            shown += step.Positives + step.Negatives;
            points.Add(new(step.Score, hits / p, shown > 0 ? hits / shown : 0));
        }

        points.Reverse();
        return points;
    }

    private static (double Positives, double Negatives) Sums(List<ScoreStep> steps)
    {
        double p = 0, n = 0;
        foreach (var step in steps)
        {
            p += step.Positives;
            n += step.Negatives;
        }

        return (p, n);
    }
}
