using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Shows what a rollout would do, step by step.</summary>
internal static class RolloutsPlan
{
    public static Command Create(Terminal terminal)
    {
        var source = new RolloutSource();
        return source.AddTo(new Command("plan", "Show the steps of a strategy or a file; nothing is started"))
            .Runs(terminal, async (call, cancellation) =>
            {
                var plan = await source.SendAsync(
                    call,
                    document => call.Client.PlanRolloutAsync(document, cancellation),
                    request => call.Client.PlanRolloutAsync(request, cancellation),
                    cancellation);
                call.Write(plan, to => RolloutText.ShowPlan(plan, to));
            });
    }
}
