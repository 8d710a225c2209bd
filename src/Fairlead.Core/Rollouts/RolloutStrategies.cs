using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Rollouts;

/// <summary>What a strategy is made from; what a strategy does not use is refused, not ignored.</summary>
public sealed record StrategyOptions
{
    /// <summary>The checks that let it go forward.</summary>
    public ImmutableArray<Check> Checks { get; init; } = [];

    /// <summary>Shares of a ladder, or the one share of a slice. Null: the strategy's own.</summary>
    public ImmutableArray<double>? Weights { get; init; }

    /// <summary>Time on each rung, at least. Default 10 min.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest time on each rung; null: for ever.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>A concurrent control cohort on every rung.</summary>
    public bool Control { get; init; }

    /// <summary>Somebody must approve before everything is switched.</summary>
    public bool Approve { get; init; }

    /// <summary>The plan proposes its winner at the end, so the strategy need not ask for approval there.</summary>
    public bool Proposes { get; init; }

    /// <summary>For a bandit: what it does.</summary>
    public AdaptStep? Adapt { get; init; }
}

/// <summary>The strategies that have a name. Each is a list of steps and nothing else.</summary>
public static class RolloutStrategies
{
    private static readonly ImmutableArray<double> CanaryWeights = [0.05, 0.25, 0.5, 1];
    private static readonly ImmutableArray<double> LadderWeights = [0.01, 0.05, 0.1, 0.25, 0.5, 1];

    /// <summary>The names, with what each does.</summary>
    public static ImmutableSortedDictionary<string, string> Names { get; } = new Dictionary<string, string>
    {
        ["all-at-once"] = "everything is switched; guards watch the bake",
        ["blue-green"] = "loaded beside, checked on copies, switched at once, checked again; the old one stays warm",
        ["canary"] = "5, 25, 50, 100 % (or the given weights), each rung checked",
        ["shadow"] = "copies only; switched when the checks pass and somebody approves",
        ["ab"] = "equal shares until the comparison is decided",
        ["champion-challenger"] = "a slice for as long as it takes to win; then somebody approves",
        ["bandit"] = "shares follow the reward until one arm is the best",
        ["control"] = "a share of the units is held out for good, answered without a model or by a given version",
        ["conservative"] = "copies first, then 1, 5, 10, 25, 50, 100 %, each rung checked",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The steps of a strategy; throws <see cref="RefusalException"/> with code <c>unknown_strategy</c> or
    /// <c>strategy_option</c>.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="options">What it is made from.</param>
    /// <param name="candidates">How many candidates there are.</param>
    public static ImmutableArray<RolloutStep> Steps(string name, StrategyOptions options, int candidates)
    {
        if (options.Adapt is not null && name != "bandit")
            throw Fault("strategy_option", "adapt", $"The strategy '{name}' has no bandit.");
        return name switch
        {
            "all-at-once" => [new SwitchStep()],
            "blue-green" => BlueGreen(options),
            "canary" => Ladder(options, options.Weights ?? CanaryWeights),
            "conservative" =>
                [new MirrorStep(1), .. Check(options, OnCopies(options)),
                    .. Ladder(options, options.Weights ?? LadderWeights)],
            "shadow" => [new MirrorStep(One(options, 1)), .. Check(options, OnCopies(options)), new ApproveStep(),
                new SwitchStep()],
            "ab" => [new WeightStep(One(options, 1.0 / (candidates + 1))), .. Need(options, name)],
            "champion-challenger" =>
                [new WeightStep(One(options, 0.1), options.Control), .. Need(options, name),
                    .. options.Proposes ? ImmutableArray<RolloutStep>.Empty : [new ApproveStep()]],
            "control" => throw Fault("strategy_option", "holdout", "A control group is written as 'holdout', with its "
                + "share and its answer."),
            "bandit" => [options.Adapt ?? throw Fault("strategy_option", "adapt", "A bandit needs 'adapt'.")],
            _ => throw Fault("unknown_strategy", "strategy",
                $"There is no strategy '{name}'; write one of {string.Join(", ", Names.Keys)}, or the steps."),
        };
    }

    private static ImmutableArray<RolloutStep> BlueGreen(StrategyOptions options)
    {
        var steps = ImmutableArray.CreateBuilder<RolloutStep>();
        steps.Add(new PreviewStep());
        if (OnCopies(options).Length > 0)
        {
            steps.Add(new MirrorStep(1));
            steps.AddRange(Check(options, OnCopies(options)));
        }

        if (options.Approve)
            steps.Add(new ApproveStep());
        steps.Add(new SwitchStep());
        if (options.Checks.Length > 0)
            steps.AddRange(Check(options, options.Checks));
        return steps.ToImmutable();
    }

    private static ImmutableArray<RolloutStep> Ladder(StrategyOptions options, ImmutableArray<double> weights)
    {
        var steps = ImmutableArray.CreateBuilder<RolloutStep>();
        foreach (var weight in weights)
        {
            if (weight >= 1 && options.Approve)
                steps.Add(new ApproveStep());
            steps.Add(new WeightStep(weight, options.Control && weight <= 0.5));
            steps.AddRange(Check(options, options.Checks));
        }

        return steps.ToImmutable();
    }

    /// <summary>An analysis by the given checks, or a mere wait where there are none.</summary>
    private static ImmutableArray<RolloutStep> Check(StrategyOptions options, ImmutableArray<Check> checks) =>
        checks.Length > 0
            ? [new AnalyseStep(checks, options.Interval, options.Within)]
            : [new PauseStep(options.Interval)];

    private static ImmutableArray<RolloutStep> Need(StrategyOptions options, string name) => options.Checks.Length > 0
        ? Check(options, options.Checks)
        : throw Fault("strategy_option", "checks", $"The strategy '{name}' needs checks that say who wins.");

    private static ImmutableArray<Check> OnCopies(StrategyOptions options) =>
        [.. options.Checks.Where(check => check.Metric.ShadowSuffices || check.Metric.IsExternal)];

    private static double One(StrategyOptions options, double standard) => options.Weights switch
    {
        null => standard,
        [var share] => share,
        _ => throw Fault("strategy_option", "weights", "This strategy takes one share."),
    };

    private static RefusalException Fault(string code, string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
}
