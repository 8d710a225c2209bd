using System.Collections.Immutable;
using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;

namespace Fairlead.Server.Rollouts;

/// <summary>Turns steps, strategies and freezes as they are written into those of a plan. Pure.</summary>
internal static class WrittenSteps
{
    /// <summary>
    /// The steps of a request, from its strategy or as listed; throws with every fault. Also gives the strategy's name.
    /// </summary>
    public static (ImmutableArray<RolloutStep> Steps, string Strategy) Read(RolloutRequest request, int candidates)
    {
        switch (request)
        {
            case { Steps: not null, Strategy: null, Options: null }:
                return (List(request.Steps), "custom");
            case { Steps: null, Strategy: { } name }:
                var options = Options(request.Options ?? new StrategyRequest()) with
                {
                    Proposes = Proposal(request) is not null,
                };
                return (RolloutStrategies.Steps(name, options, candidates), name);
            case { Steps: not null, Strategy: null }:
                throw Fault("strategy_option", "options", "'options' belong to a strategy; listed steps have none.");
            default:
                throw Fault("strategy_or_steps", "steps", "Give either 'strategy', with its 'options', or 'steps'.");
        }
    }

    /// <summary>The last step of a request that proposes its winner; null where a win is promoted.</summary>
    public static ApproveStep? Proposal(RolloutRequest request)
    {
        switch (request.Promote)
        {
            case null or "automatic" when request.Proposal is null:
                return null;
            case null or "automatic":
                throw Fault("proposal_option", "proposal", "'proposal' says how a win is approved; write "
                    + "'promote: propose' with it, or leave it out.");
            case "propose":
                var options = request.Proposal ?? new ProposalRequest();
                return options.Within > TimeSpan.Zero
                    ? new ApproveStep(options.Count, options.NotByAuthor, options.Within, Proposes: true)
                    : throw Fault("invalid_duration", "proposal.within", "A proposal is open for longer than 0 s.");
            default:
                throw Fault("invalid_promotion", "promote", "Write 'automatic' or 'propose'.");
        }
    }

    /// <summary>Reads a freeze.</summary>
    public static FreezeWindow Freeze(FreezeRequest freeze, string at)
    {
        if (freeze.FromWeekly is null && freeze.ToWeekly is null)
            return new FreezeWindow { From = freeze.From, To = freeze.To };

        var (fromDay, fromTime) = Moment(freeze.FromWeekly, $"{at}.fromWeekly");
        var (toDay, toTime) = Moment(freeze.ToWeekly, $"{at}.toWeekly");
        return new FreezeWindow
        {
            FromDay = fromDay,
            FromTime = fromTime,
            ToDay = toDay,
            ToTime = toTime,
            Zone = freeze.Zone,
            From = freeze.From,
            To = freeze.To,
        };
    }

    private static ImmutableArray<RolloutStep> List(IReadOnlyList<StepRequest?> steps)
    {
        if (steps.Count > RolloutRules.MaxSteps)
        {
            throw Fault("too_many_steps", "steps", $"A rollout has at most {RolloutRules.MaxSteps} steps.");
        }

        var faults = new List<Refusal>();
        var read = ImmutableArray.CreateBuilder<RolloutStep>();
        for (var i = 0; i < steps.Count; i++)
        {
            try
            {
                read.Add(One(steps[i], $"steps[{i}]"));
            }
            catch (RefusalException refused)
            {
                faults.AddRange(refused.Refusals);
            }
        }

        return faults.Count == 0 ? read.ToImmutable() : throw new RefusalException(faults);
    }

    private static RolloutStep One(StepRequest? step, string at)
    {
        var given = new List<RolloutStep>();
        if (step?.Mirror is { } mirror)
            given.Add(new MirrorStep(mirror));
        if (step?.Weight is { } weight)
            given.Add(new WeightStep(weight.Share, weight.Control));
        if (step?.Adapt is { } adapt)
            given.Add(Adapt(adapt, $"{at}.adapt"));
        if (step?.Preview is not null)
            given.Add(new PreviewStep());
        if (step?.Pause is { } pause)
            given.Add(new PauseStep(pause.For));
        if (step?.Approve is { } approve)
            given.Add(new ApproveStep(approve.Count, approve.NotByAuthor, approve.Within));
        if (step?.Analyse is { } analyse)
            given.Add(Analyse(analyse, $"{at}.analyse"));
        if (step?.Switch is not null)
            given.Add(new SwitchStep());
        return given is [var only]
            ? only
            : throw Fault("one_step", at, "A step has exactly one of 'weight', 'mirror', 'pause', 'analyse', "
                + "'approve', 'preview', 'switch' and 'adapt'.");
    }

    private static AnalyseStep Analyse(AnalyseStepRequest analyse, string at) => new(
        WrittenChecks.Read(analyse.Checks, $"{at}.checks", isGuards: false),
        analyse.For,
        analyse.Within,
        analyse.OnInconclusive switch
        {
            "pause" => InconclusivePolicy.Pause,
            "rollback" => InconclusivePolicy.RollBack,
            _ => throw Fault("invalid_policy", $"{at}.onInconclusive", "Write 'pause' or 'rollback'."),
        });

    private static AdaptStep Adapt(AdaptStepRequest adapt, string at) => new(
        adapt.Policy switch
        {
            "thompson" => BanditPolicy.Thompson,
            "top-two" => BanditPolicy.TopTwo,
            "epsilon-greedy" => BanditPolicy.EpsilonGreedy,
            _ => throw Fault("invalid_policy", $"{at}.policy", "Write 'thompson', 'top-two' or 'epsilon-greedy'."),
        },
        Metric.Parse(adapt.Metric),
        adapt.Floor,
        adapt.Interval,
        adapt.For,
        adapt.Confidence);

    private static StrategyOptions Options(StrategyRequest options) => new()
    {
        Checks = WrittenChecks.Read(options.Checks, "options.checks", isGuards: false),
        Weights = options.Weights is null ? null : [.. options.Weights],
        Interval = options.Interval,
        Within = options.Within,
        Control = options.Control,
        Approve = options.Approve,
        Adapt = options.Adapt is null ? null : Adapt(options.Adapt, "options.adapt"),
    };

    /// <summary>Reads a moment of the week, such as <c>Fri 16:00</c>.</summary>
    private static (DayOfWeek Day, TimeOnly Time) Moment(string? text, string at)
    {
        string[] days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
        var words = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var day = words.Length == 2 ? Array.IndexOf(days, words[0]) : -1;
        return day >= 0 && TimeOnly.TryParseExact(words[1], "HH:mm", out var time)
            ? ((DayOfWeek)day, time)
            : throw Fault("invalid_freeze", at, "A moment of the week is written 'Fri 16:00'.");
    }

    private static RefusalException Fault(string code, string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
}
