using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Core.Monitoring;

/// <summary>How large a difference is, and how likely without any.</summary>
/// <param name="Effect">The size, in the unit of the method.</param>
/// <param name="Error">By how much sketches may have made it too large; 0 from rows.</param>
/// <param name="P">The p-value of what is sure of it.</param>
internal readonly record struct DriftMeasure(double Effect, double Error, double P)
{
    // A shift is the commonest change and shows first; other changes of shape are large before they matter.
    private const double LocationShare = 0.8;

    /// <summary>Measures two sides that both have values.</summary>
    internal static DriftMeasure Of(DriftMethod method, ColumnEvidence reference, ColumnEvidence current)
    {
        if (method.NeedsNumbers() && reference.Numbers is { } x && current.Numbers is { } y)
            return OfNumbers(method, reference, current, x, y);
        var cells = DriftCells.Of(
            reference, current,
            binned: reference.Kind != ColumnKind.Category && !MethodChoice.HasFewValues(reference));
        var sure = cells.Sure();
        var effect = cells.Effect(method);
        return new(effect, Math.Max(0, effect - sure.Effect(method)), sure.PValue(method));
    }

    private static DriftMeasure OfNumbers(
        DriftMethod method, ColumnEvidence reference, ColumnEvidence current, QuantileView x, QuantileView y)
    {
        var error = x.UniformError + y.UniformError;
        var scale = Scale(reference);
        var range = Math.Max(x.Max, y.Max) - Math.Min(x.Min, y.Min);
        var d = KolmogorovSmirnov.Statistic(x, y);
        var effective = (double)x.Count * y.Count / (x.Count + y.Count);
        var shape = KolmogorovLaw.QuickUpperTail(
            Math.Max(1, (long)Math.Round(effective)), Math.Max(0, d - error));
        var moved = Math.Abs(current.Moments.Mean - reference.Moments.Mean) / scale;
        switch (method)
        {
            case DriftMethod.KolmogorovSmirnov:
                return new(d, error, shape);
            case DriftMethod.WelchT:
                var welch = MeanDifference.Welch(reference.Moments, current.Moments, 0.05).P.TwoSided;
                return new(moved, 0, double.IsNaN(welch) ? 1 : welch);
            case DriftMethod.Energy:
                return new(
                    Transport.Energy(x, y) / Math.Sqrt(scale), error * Math.Sqrt(2 * range / scale), shape);
            case DriftMethod.CramerVonMises:
                return new(d, error, CramerVonMises.Test(x, y).P);
            case DriftMethod.AndersonDarling:
                return new(d, error, AndersonDarling.Test(x.Values.ToArray(), y.Values.ToArray()).TailP);
            case DriftMethod.EppsSingleton:
                return new(d, error, EppsSingleton.Test(x.Values, y.Values).P);
            case DriftMethod.MannWhitney:
                return new(
                    Math.Abs(MannWhitney.Test(x.Values, y.Values).CommonLanguage - 0.5), 0,
                    MannWhitney.Sided(x.Values, y.Values, exact: false).TwoSided);
        }

        // The distance is never below that of the means, which sketches keep exactly.
        var distance = Math.Max(Transport.Wasserstein(x, y) / scale, moved);
        var mostError = Math.Min(error * range / scale, distance - moved);
        return new(distance, mostError, method == DriftMethod.ShapeAndMean ? Either() : shape);

        double Either()
        {
            var location = LocationShift.Test(reference.Moments, x, current.Moments, y).P;
            return Math.Min(1, Math.Min(location / LocationShare, shape / (1 - LocationShare)));
        }
    }

    /// <summary>One standard deviation of the reference, or where it has none a thousandth of its size.</summary>
    private static double Scale(ColumnEvidence reference)
    {
        var deviation = reference.Moments.Count < 2 ? 0 : Math.Sqrt(reference.Moments.Variance);
        var mean = Math.Abs(reference.Moments.Mean);
        return Math.Max(deviation, Math.Max(mean * 1e-3, double.IsNaN(mean) ? 1 : 1e-12));
    }
}
