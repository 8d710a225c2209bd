using System.Collections.Immutable;
using Fairlead.Core.Refusals;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>
/// The weights through which a candidate rises in a delivery controller, in percent of the traffic; the reference
/// cases ask for it. A ladder remembers nothing: the next rung is the lowest one above the present weight, so a ladder
/// that is exchanged while the candidate stands on it never jumps, never goes down and never repeats a rung.
/// </summary>
public sealed class WeightLadder
{
    /// <summary>Most rungs of a ladder.</summary>
    public const int MaxRungs = 1000;

    private const double Total = 100;

    private WeightLadder(ImmutableArray<double> rungs) => Rungs = rungs;

    /// <summary>The weights in percent, rising, each above 0 and at most 100; never empty.</summary>
    public ImmutableArray<double> Rungs { get; }

    /// <summary>A ladder of the given weights, or why there is none.</summary>
    /// <param name="weights">Weights in percent: at least one, rising, above 0 and at most 100.</param>
    public static (WeightLadder? Ladder, Refusal? Refusal) Of(IEnumerable<double> weights)
    {
        var rungs = weights.ToImmutableArray();
        if (rungs.Length is 0 or > MaxRungs)
            return (null, Refuse($"A ladder has 1 to {MaxRungs} weights; this one has {rungs.Length}."));

        for (var i = 0; i < rungs.Length; i++)
        {
            if (rungs[i] is not (> 0 and <= Total))
                return (null, Refuse($"Weight {i + 1} is {rungs[i]}; write percents above 0 and at most 100."));
            if (i > 0 && rungs[i] <= rungs[i - 1])
                return (null, Refuse($"Weight {i + 1} is {rungs[i]} after {rungs[i - 1]}; weights must rise."));
        }

        return (new WeightLadder(rungs), null);
    }

    /// <summary>
    /// A ladder of equal steps that ends with the first weight at or above <paramref name="max"/>: a step of 20 with
    /// a maximum of 50 climbs to 20, 40 and 60. The last rung never exceeds 100.
    /// </summary>
    /// <param name="step">Percent from rung to rung, above 0 and at most 100.</param>
    /// <param name="max">Percent at which it ends, above 0 and at most 100.</param>
    public static (WeightLadder? Ladder, Refusal? Refusal) Linear(double step, double max)
    {
        if (step is not (> 0 and <= Total))
            return (null, Refuse($"The step is {step}; write a percent above 0 and at most 100."));
        if (max is not (> 0 and <= Total))
            return (null, Refuse($"The maximum is {max}; write a percent above 0 and at most 100."));

        // Multiplied, not added up: a hundred steps of 0.1 end at 10 and not beside it.
        var count = Math.Ceiling(max / step);
        if (count > MaxRungs)
            return (null, Refuse($"Steps of {step} up to {max} are {count} weights, at most {MaxRungs}."));
        return Of(Enumerable.Range(1, (int)count).Select(i => Math.Min(i * step, Total)));
    }

    /// <summary>
    /// The weight after the present one: the lowest rung above it. Null at and above the top: the candidate is to be
    /// promoted.
    /// </summary>
    public double? Next(double present)
    {
        foreach (var rung in Rungs)
        {
            if (rung > present)
                return rung;
        }

        return null;
    }

    private static Refusal Refuse(string message) => new(RefusalKind.Invalid, "ladder_invalid", message);
}
