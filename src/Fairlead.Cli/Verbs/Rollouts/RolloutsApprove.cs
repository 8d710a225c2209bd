using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Approves the step that a rollout waits at.</summary>
internal static class RolloutsApprove
{
    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var digest = Options.Of<string?>(
            "--digest", "sha256", "What was looked at; refused when the rollout waits for something else");
        var reason = Options.Reason();
        return new Command("approve", "Approve the step that a rollout waits at") { id, digest, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var rollout = await call.Client.ApproveRolloutAsync(
                    call.Value(id), call.Value(reason), call.Value(digest), cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
            });
    }
}
