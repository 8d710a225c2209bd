using System.Text.Json.Serialization;

namespace Fairlead.Core.Checks;

/// <summary>When a comparison may be looked at without spoiling its error rate.</summary>
public enum Horizon
{
    /// <summary>Once, when the planned number of samples is there.</summary>
    Fixed,

    /// <summary>
    /// At a few planned looks, each spending a part of the error rate (Lan–DeMets, O'Brien–Fleming form). The default
    /// for gates: nearly the power of one look.
    /// </summary>
    Scheduled,

    /// <summary>
    /// At any time, as often as wanted (normal-mixture confidence sequence). The default for guards, which must speak
    /// as soon as harm is evident.
    /// </summary>
    Anytime,
}

/// <summary>The rule of a check. There is no check without one.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "rule")]
[JsonDerivedType(typeof(LimitRule), "limit")]
[JsonDerivedType(typeof(CompareRule), "compare")]
public abstract record CheckRule;

/// <summary>Holds the candidate alone against a fixed limit.</summary>
/// <param name="Limit">The limit, in the metric's unit.</param>
/// <param name="AtMost">True: the figure must not exceed it; false: must not fall below it.</param>
/// <param name="Alpha">
/// Chance of a wrong verdict, one-sided, at any time; 0: the bare figure decides, as soon as there are enough samples.
/// </param>
public sealed record LimitRule(double Limit, bool AtMost, double Alpha = 0.01) : CheckRule;

/// <summary>Compares the candidate with stable over the same phases.</summary>
/// <param name="LowerIsBetter">The direction of better.</param>
/// <param name="Margin">
/// How much worse still counts as equal (non-inferiority), 0 or more; a negative one demands an improvement of at least
/// that much. In the metric's unit, or a share of stable's figure when <paramref name="Relative"/>.
/// </param>
/// <param name="Relative">The margin is a share of stable's figure.</param>
/// <param name="Horizon">When it may be looked at.</param>
/// <param name="Alpha">One-sided error rate of the whole check.</param>
/// <param name="PlannedSamples">
/// Units of the candidate after which the plan of looks ends; for <see cref="Horizon.Anytime"/> the number at which
/// the sequence is tightest.
/// </param>
/// <param name="Looks">Number of planned looks, for <see cref="Horizon.Scheduled"/>.</param>
public sealed record CompareRule(
    bool LowerIsBetter, double Margin, bool Relative, Horizon Horizon, double Alpha, long PlannedSamples, int Looks = 5)
    : CheckRule;

/// <summary>
/// A metric, a rule and a verdict: the one thing behind gates, guards, alerts and pipelines.
/// </summary>
public sealed record Check
{
    /// <summary>Default of <see cref="MinimumSamples"/>.</summary>
    public const long DefaultMinimumSamples = 100;

    /// <summary>Unique within its list.</summary>
    public required string Name { get; init; }

    public required Metric Metric { get; init; }

    public required CheckRule Rule { get; init; }

    /// <summary>
    /// A field of the input: the rule must hold for every value of it that has enough samples. Null: over all.
    /// </summary>
    public string? By { get; init; }

    /// <summary>Units of each arm below which nothing is said. Default 100.</summary>
    public long MinimumSamples { get; init; } = DefaultMinimumSamples;

    /// <summary>Observed time below which nothing is said. Default zero.</summary>
    public TimeSpan MinimumDuration { get; init; }

    /// <summary>Time without data after which <see cref="OnNoData"/> applies. Default 10 min.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    public NoDataPolicy OnNoData { get; init; }

    /// <summary>
    /// Only predictions older than this are looked at, so that labels had time to come. Default zero.
    /// </summary>
    public TimeSpan LabelDelay { get; init; }

    /// <summary>Evaluated and shown, but decides nothing.</summary>
    public bool DryRun { get; init; }
}
