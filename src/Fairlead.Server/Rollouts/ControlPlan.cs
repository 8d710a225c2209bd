using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Rollouts;

/// <summary>
/// The strategy <c>control</c>: one step that holds a share of the units out. An answer without a model is no
/// candidate, since it can never become stable; what lasts of it is the endpoint's holdout.
/// </summary>
internal static class ControlPlan
{
    public const string Strategy = "control";

    /// <summary>Compiles the plan; refuses what a control group cannot have.</summary>
    public static async Task<RolloutPlan> ReadAsync(WriteScope write, RolloutRequest request, StableArm stable)
    {
        if (request is not
            {
                Candidates.Count: 0, Options: null, Guards: null or { Count: 0 }, Alias: null, Promote: null,
                Proposal: null,
            }
            || request.Bake != TimeSpan.Zero || request.KeepWarm != TimeSpan.Zero)
        {
            throw Fault("strategy_option", "strategy", "A control group has no candidates, options, guards, bake, "
                + "alias or promotion; write 'endpoint', 'strategy: control', 'holdout' and nothing else but "
                + "'freezes'.");
        }

        var wanted = request.Holdout ?? throw Fault("strategy_option", "holdout", "A control group is written as "
            + "'holdout', such as {share: 5%, answer: none}.");
        var name = EndpointName.Parse(request.Endpoint);
        var endpoint = await EndpointWrites.FindAsync(write.Db, name, write.Cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(name));
        var before = StoredJson.Read<EndpointSpec>(endpoint.Spec);
        if (before.Holdout is { } known)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "holdout_exists",
                $"The endpoint '{name}' holds {StepText.Percent(known.Share)} of its units out already; change or "
                + "remove that at the endpoint."));
        }

        var holdout = new HoldoutSpec(
            wanted.Share, await WrittenArms.ReadAsync(write, HoldoutSpec.Name, wanted, "holdout"));
        var plan = new RolloutPlan
        {
            Endpoint = name,
            Stable = stable.Name,
            StableVersion = stable.Version,
            StableSettings = stable.Settings,
            Candidates = [],
            Steps = [new HoldOutStep(holdout.Share, wanted.Answer ?? holdout.Arm.Version.ToString()!)],
            Holdout = holdout,
            ProgressDeadline = request.ProgressDeadline,
            Freezes = [.. request.Freezes.Select((freeze, i) => WrittenSteps.Freeze(freeze, $"freezes[{i}]"))],
            Author = write.Principal.Name,
            Strategy = Strategy,
        };
        RolloutCompile.ThrowIfFaulty(plan);

        var after = before with { Holdout = holdout };
        if (EndpointRules.Check(after) is { Count: > 0 } faults)
            throw new RefusalException(faults);
        await ControlFit.ThrowIfUnfitAsync(write, after);
        return plan;
    }

    private static RefusalException Fault(string code, string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
}
