using System.Runtime.InteropServices;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Metrics;

/// <summary>
/// The mean of one loss a row under weights, as sums that add: Σw, Σwl and what the variance Σw²(l − l̄)²/(Σw)² needs.
/// With all weights 1 it is the plain mean, whose variance has n/(n − 1) and Student's t.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WeightedMean
{
    private Moments Plain { get; init; }

    private CompensatedSum Weight { get; init; }

    private CompensatedSum Loss { get; init; }

    private CompensatedSum SquaredWeight { get; init; }

    private CompensatedSum SquaredWeightLoss { get; init; }

    private CompensatedSum SquaredWeightLossLoss { get; init; }

    private bool IsWeighted { get; init; }

    internal long Count => Plain.Count;

    public static WeightedMean operator +(WeightedMean a, WeightedMean b) => new()
    {
        Plain = a.Plain + b.Plain,
        Weight = a.Weight + b.Weight,
        Loss = a.Loss + b.Loss,
        SquaredWeight = a.SquaredWeight + b.SquaredWeight,
        SquaredWeightLoss = a.SquaredWeightLoss + b.SquaredWeightLoss,
        SquaredWeightLossLoss = a.SquaredWeightLossLoss + b.SquaredWeightLossLoss,
        IsWeighted = a.IsWeighted || b.IsWeighted,
    };

    internal static WeightedMean Of(double loss, double weight)
    {
        var square = CompensatedSum.Product(weight, weight);
        return new()
        {
            Plain = Moments.Of(loss),
            Weight = weight,
            Loss = CompensatedSum.Product(loss, weight),
            SquaredWeight = square,
            SquaredWeightLoss = square * loss,
            SquaredWeightLossLoss = square * CompensatedSum.Product(loss, loss),
            IsWeighted = weight != 1,
        };
    }

    internal MetricEstimate Estimate(double alpha, double most)
    {
        if (!IsWeighted)
            return MetricEstimate.OfMean(Plain, alpha);

        var weight = Weight.Value;
        CompensatedSum mean = Loss.Value / weight;
        var spread = SquaredWeightLossLoss - mean * SquaredWeightLoss * 2 + mean * mean * SquaredWeight;
        return MetricEstimate.OfVariance(mean.Value, Math.Max(0, spread.Value) / weight / weight, alpha, 0, most);
    }
}
