using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Lets a paused rollout go on.</summary>
internal static class RolloutsResume
{
    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var reason = Options.Reason();
        return new Command("resume", "Let a paused rollout go on") { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var rollout = await call.Client.ResumeRolloutAsync(
                    call.Value(id), call.Value(reason), cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
            });
    }
}
