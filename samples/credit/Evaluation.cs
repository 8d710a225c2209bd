namespace Fairlead.Samples.Credit;

/// <summary>A figure and the interval that covers the true one in 95 of 100 such samples.</summary>
public sealed record Estimate(double Value, double Lower, double Upper);

/// <summary>How well probabilities foretold what happened. The event is "bad".</summary>
public sealed record Evaluation(Estimate Accuracy, Estimate Auc, double LogLoss, double BrierScore)
{
    /// <summary>The 97.5 % point of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    public static Evaluation Of(IReadOnlyList<float> probabilities, IReadOnlyList<bool> happened)
    {
        var rows = probabilities.Zip(happened, (p, isEvent) => (P: (double)p, Event: isEvent)).ToArray();
        return new Evaluation(
            Wilson(rows.Count(row => row.P > 0.5 == row.Event), rows.Length),
            DeLong(
                [.. rows.Where(row => row.Event).Select(row => row.P)],
                [.. rows.Where(row => !row.Event).Select(row => row.P)]),
            rows.Average(row => -Math.Log(row.Event ? row.P : 1 - row.P)),
            rows.Average(row => Math.Pow(row.P - (row.Event ? 1 : 0), 2)));
    }

    /// <summary>A share with Wilson's interval.</summary>
    private static Estimate Wilson(int hits, int count)
    {
        var share = (double)hits / count;
        var center = (share + (Z * Z / (2 * count))) / (1 + (Z * Z / count));
        var half = Z / (1 + (Z * Z / count))
            * Math.Sqrt((share * (1 - share) / count) + (Z * Z / (4.0 * count * count)));
        return new Estimate(share, center - half, center + half);
    }

    /// <summary>
    /// The probability that an event scored above a non-event, ties counting half, with DeLong's variance: how much
    /// the single events and the single non-events vary in the share of the others that they are right about.
    /// </summary>
    private static Estimate DeLong(double[] events, double[] others)
    {
        static double Beats(double high, double low) => high > low ? 1 : high == low ? 0.5 : 0;
        var byEvent = events.Select(e => others.Average(o => Beats(e, o))).ToArray();
        var byOther = others.Select(o => events.Average(e => Beats(e, o))).ToArray();
        var auc = byEvent.Average();
        var half = Z * Math.Sqrt((Variance(byEvent) / events.Length) + (Variance(byOther) / others.Length));
        return new Estimate(auc, auc - half, auc + half);
    }

    private static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }
}
