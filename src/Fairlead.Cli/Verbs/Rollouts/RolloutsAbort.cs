using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Takes a rollout back to stable.</summary>
internal static class RolloutsAbort
{
    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var reason = Options.Reason();
        return new Command("abort", "Go back to the stable version at once") { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var rollout = await call.Client.AbortRolloutAsync(
                    call.Value(id), call.Value(reason), cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
            });
    }
}
