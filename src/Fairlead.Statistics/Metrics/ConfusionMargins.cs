namespace Fairlead.Statistics.Metrics;

/// <summary>
/// What the metrics of a confusion table are functions of: per class the weight that was right, that was actual and
/// that was predicted. Small changes of a cell go in and out, which is how the delta method looks at a metric.
/// </summary>
internal sealed class ConfusionMargins
{
    private ConfusionMargins(int classes)
    {
        Correct = new double[classes];
        Actual = new double[classes];
        Predicted = new double[classes];
    }

    internal double[] Correct { get; }

    internal double[] Actual { get; }

    internal double[] Predicted { get; }

    internal double Total { get; private set; }

    /// <summary>Σ weight · (actual − predicted)², the classes taken as places on a scale.</summary>
    internal double SquaredDistance { get; private set; }

    internal static ConfusionMargins Of(ReadOnlySpan<double> cells, int classes)
    {
        var margins = new ConfusionMargins(classes);
        for (var i = 0; i < classes; i++)
        {
            for (var j = 0; j < classes; j++)
                margins.Nudge(i, j, cells[i * classes + j]);
        }

        return margins;
    }

    internal void Nudge(int actual, int predicted, double by)
    {
        Actual[actual] += by;
        Predicted[predicted] += by;
        if (actual == predicted)
            Correct[actual] += by;
        Total += by;
        SquaredDistance += by * (actual - predicted) * (actual - predicted);
    }

    internal double Accuracy() => Share(Correct.Sum(), Total);

    internal double Precision(int of) => Share(Correct[of], Predicted[of]);

    internal double Recall(int of) => Share(Correct[of], Actual[of]);

    internal double Specificity(int of) =>
        Share(Total - Actual[of] - Predicted[of] + Correct[of], Total - Actual[of]);

    internal double Jaccard(int of) => Share(Correct[of], Actual[of] + Predicted[of] - Correct[of]);

    internal double FBeta(int of, double beta) =>
        Share((1 + beta * beta) * Correct[of], beta * beta * Actual[of] + Predicted[of]);

    /// <summary>The mean recall of the classes that occur.</summary>
    internal double BalancedAccuracy()
    {
        var (sum, occurring) = (0.0, 0);
        for (var k = 0; k < Actual.Length; k++)
        {
            if (!(Actual[k] > 0))
                continue;
            sum += Correct[k] / Actual[k];
            occurring++;
        }

        return Share(sum, occurring);
    }

    /// <summary>J. Gorodkin, Comput. Biol. Chem. 28 (2004): the correlation of actual and predicted class.</summary>
    internal double Mcc()
    {
        double together = 0, actual = 0, predicted = 0;
        for (var k = 0; k < Actual.Length; k++)
        {
            together += Actual[k] * Predicted[k];
            actual += Actual[k] * Actual[k];
            predicted += Predicted[k] * Predicted[k];
        }

        var square = Total * Total;
        var spread = (square - predicted) * (square - actual);
        return spread > 0 ? (Correct.Sum() * Total - together) / Math.Sqrt(spread) : 0;
    }

    internal double Kappa()
    {
        var byChance = 0.0;
        for (var k = 0; k < Actual.Length; k++)
            byChance += Actual[k] / Total * (Predicted[k] / Total);
        return byChance < 1 ? (Accuracy() - byChance) / (1 - byChance) : double.NaN;
    }

    internal double QuadraticKappa()
    {
        double actual = 0, actualSquare = 0, predicted = 0, predictedSquare = 0;
        for (var k = 0; k < Actual.Length; k++)
        {
            actual += k * Actual[k];
            actualSquare += (double)k * k * Actual[k];
            predicted += k * Predicted[k];
            predictedSquare += (double)k * k * Predicted[k];
        }

        var byChance = actualSquare + predictedSquare - 2 * actual * predicted / Total;
        return byChance > 0 ? 1 - SquaredDistance / byChance : double.NaN;
    }

    internal double Average(Averaging averaging, Func<int, double> metric)
    {
        double sum = 0, weight = 0;
        for (var k = 0; k < Actual.Length; k++)
        {
            // A class that neither occurs nor is predicted is not part of what was seen.
            if (!(Actual[k] > 0 || Predicted[k] > 0))
                continue;
            var share = averaging == Averaging.Weighted ? Actual[k] : 1;
            sum += share * metric(k);
            weight += share;
        }

        return Share(sum, weight);
    }

    /// <summary>part / whole, and 0 for 0/0: nothing was claimed, or nothing was there.</summary>
    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;
}
