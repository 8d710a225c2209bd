namespace Fairlead.Statistics;

/// <summary>An interval of plausible values. Both ends are NaN where the data do not define one.</summary>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>The interval of data that define none.</summary>
    public static Interval Undefined { get; } = new(double.NaN, double.NaN);

    /// <summary>estimate ± margin.</summary>
    public static Interval Around(double estimate, double margin) => new(estimate - margin, estimate + margin);

    /// <summary>Whether a value lies inside, ends included; false for an undefined interval.</summary>
    public bool Contains(double value) => value >= Low && value <= High;

    /// <summary>The part of the interval inside [low, high].</summary>
    public Interval Within(double low, double high) => new(Math.Clamp(Low, low, high), Math.Clamp(High, low, high));
}
