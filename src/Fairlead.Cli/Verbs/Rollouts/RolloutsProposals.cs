using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Lists wins that wait for approval, with the numbers that they rest on.</summary>
internal static class RolloutsProposals
{
    private const int DefaultLimit = 50;

    public static Command Create(Terminal terminal)
    {
        var endpoint = Options.Of<string?>("--endpoint", "name", "Only those of one endpoint");
        var all = new Option<bool>("--all") { Description = "Also those that are decided" };
        var limit = new Option<int>("--limit")
        {
            Description = "Most proposals to show",
            HelpName = "n",
            DefaultValueFactory = _ => DefaultLimit,
        };
        return new Command("proposals", "List wins that wait for approval (approve ID, decline ID)")
        { endpoint, all, limit }
            .Runs(terminal, async (call, cancellation) =>
            {
                var filter = new ProposalFilter { Endpoint = call.Value(endpoint), All = call.Value(all) };
                var proposals = await Pages.AllAsync(
                    page => call.Client.ListProposalsAsync(filter, page, cancellation), call.Value(limit));
                call.Write(proposals, to => Show(proposals.Items, to));
            });
    }

    private static void Show(IReadOnlyList<ProposalInfo> proposals, Terminal to)
    {
        var list = new Listing(
            "rollout", "endpoint", "proposed", "in place of", "status", "until", "approvals", "digest", "decided by",
            "evidence");
        foreach (var proposal in proposals)
        {
            var digest = proposal.Digest[..Math.Min(12, proposal.Digest.Length)];
            list.Add(proposal.Rollout, proposal.Endpoint, proposal.Version, proposal.StableVersion, proposal.Status,
                proposal.ExpiresAt, $"{proposal.Approvals.Count} of {proposal.Needed}", digest, proposal.DecidedBy,
                string.Join("; ", proposal.Evidence.Select(Evidence)));
        }

        list.Write(to, "No proposal waits for a decision. A rollout with 'promote: propose' makes one before it "
            + "promotes; '--all' shows those that were decided.");
    }

    private static string Evidence(RolloutCheckInfo check) =>
        $"{check.Name}{(check.Step is { } step ? $" at step {step}" : "")}: {check.Verdict}, "
        + RolloutText.Interval(check);
}
