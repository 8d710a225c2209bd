using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Declines a proposed winner.</summary>
internal static class RolloutsDecline
{
    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var reason = RolloutsVerb.NeededReason();
        return new Command("decline", "Decline the proposed winner of a rollout and go back to stable") { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var rollout = await call.Client.DeclineRolloutAsync(
                    call.Value(id), call.Value(reason)!, cancellation: cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
            });
    }
}
