using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Puts everything on one candidate without the steps that are left.</summary>
internal static class RolloutsPromote
{
    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var candidate = Options.Of<string?>("--candidate", "name", "Which arm, where several are left");
        var reason = RolloutsVerb.NeededReason();
        return new Command("promote", "Put everything on the candidate now; guards stay armed through the bake")
        { id, candidate, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var rollout = await call.Client.PromoteRolloutAsync(
                    call.Value(id), call.Value(reason), call.Value(candidate), cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
            });
    }
}
