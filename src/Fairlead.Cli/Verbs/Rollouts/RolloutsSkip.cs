using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Leaves the present step of a rollout undone.</summary>
internal static class RolloutsSkip
{
    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var reason = RolloutsVerb.NeededReason();
        return new Command("skip", "Leave the present step undone; guards stay armed") { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var rollout = await call.Client.SkipRolloutStepAsync(
                    call.Value(id), call.Value(reason), cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
            });
    }
}
