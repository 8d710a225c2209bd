using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Promotions;

/// <summary>Shows what versions of a model must show to be promoted.</summary>
internal static class PromotionsPolicy
{
    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("model") { Description = "The model" };
        return new Command("policy", "Show what versions of a model must show (change it with: fairlead apply)")
        { model }
            .Runs(terminal, async (call, cancellation) =>
            {
                var policy = await call.Client.GetPromotionPolicyAsync(call.Value(model), cancellation);
                call.Write(policy, to => Show(policy, to));
            });
    }

    private static void Show(PromotionPolicyInfo info, Terminal to)
    {
        var policy = info.Policy;
        new Facts()
            .Add("model", info.Model)
            .Add("guards", string.Join(", ", policy.Aliases.Select(alias => $"@{alias}")
                .Concat(policy.Stages.Select(stage => $"stage {stage}"))))
            .Add("approvals", policy.Approvals is { Count: > 0 } asked
                ? $"{asked.Count} by {asked.Role}s{(asked.NotByAuthor ? ", not by whoever asked" : "")}"
                : "none")
            .Add("rollouts", policy.AllowRollouts ? "may move them too" : null)
            .Add("changed", info.ChangedAt)
            .Add("by", info.ChangedBy)
            .Write(to);
        foreach (var rule in info.Rules)
            to.Out.WriteLine(Listing.Cell($"  {rule}"));
    }
}
