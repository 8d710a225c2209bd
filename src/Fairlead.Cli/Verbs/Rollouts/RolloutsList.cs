using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Lists rollouts, newest first.</summary>
internal static class RolloutsList
{
    private const int DefaultLimit = 50;

    public static Command Create(Terminal terminal)
    {
        var endpoint = Options.Of<string?>("--endpoint", "name", "Only those of one endpoint");
        var active = new Option<bool>("--active") { Description = "Only those that are not over" };
        var limit = new Option<int>("--limit")
        {
            Description = "Most rollouts to show",
            HelpName = "n",
            DefaultValueFactory = _ => DefaultLimit,
        };
        return new Command("list", "List rollouts, newest first") { endpoint, active, limit }
            .Runs(terminal, async (call, cancellation) =>
            {
                var filter = new RolloutFilter { Endpoint = call.Value(endpoint), Active = call.Value(active) };
                var rollouts = await Pages.AllAsync(
                    page => call.Client.ListRolloutsAsync(filter, page, cancellation), call.Value(limit));
                call.Write(rollouts, to => Show(rollouts.Items, filter, to));
            });
    }

    private static void Show(IReadOnlyList<RolloutInfo> rollouts, RolloutFilter filter, Terminal to)
    {
        var list = new Listing("rollout", "endpoint", "phase", "step", "traffic", "started", "by", "reason");
        foreach (var rollout in rollouts)
        {
            list.Add(rollout.Id, rollout.Endpoint, rollout.Phase, RolloutText.StepOf(rollout),
                RolloutText.Traffic(rollout), rollout.StartedAt, rollout.Author, rollout.Reason);
        }

        list.Write(to, filter == new RolloutFilter()
            ? "There is no rollout yet. Write one (kind: Rollout) and start it: 'fairlead rollouts start --file FILE'."
            : "No rollout is like that; 'fairlead rollouts list' shows all of them.");
    }
}
