using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Holds the steps of a rollout.</summary>
internal static class RolloutsPause
{
    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var reason = Options.Reason();
        return new Command("pause", "Hold the steps; guards stay armed") { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var rollout = await call.Client.PauseRolloutAsync(
                    call.Value(id), call.Value(reason), cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
            });
    }
}
