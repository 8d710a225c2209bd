using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Promotions;

/// <summary>Promotions for people.</summary>
internal static class PromotionText
{
    private const int ShownDigest = 12;

    public static void Show(PromotionInfo promotion, Terminal to)
    {
        new Facts()
            .Add("promotion", promotion.Id == 0 ? "only tried" : promotion.Id)
            .Add("version", $"{promotion.Model}/{promotion.Version}")
            .Add("target", promotion.Target)
            .Add("in place of", promotion.From is { } from ? $"version {from}" : "nothing")
            .Add("digest", promotion.Digest[..Math.Min(ShownDigest, promotion.Digest.Length)])
            .Add("status", promotion.Status)
            .Add("approvals", promotion.Needed == 0 ? null
                : $"{promotion.Approvals.Count} of {promotion.Needed} by {promotion.NeededRole}s"
                    + (promotion.Approvals.Count == 0 ? "" : $": {string.Join(", ", promotion.Approvals)}"))
            .Add("asked by", promotion.Author)
            .Add("reason", promotion.Reason)
            .Add("until", promotion.ExpiresAt)
            .Add("decided by", promotion.DecidedBy)
            .Add("why", promotion.Why)
            .Write(to);
        if (promotion.Checks.Count == 0)
            return;
        to.Out.WriteLine();
        var list = new Listing("check", "verdict", "rule", "what was found");
        foreach (var check in promotion.Checks)
        {
            list.Add(check.Name, check.DryRun ? $"{check.Verdict} (decides nothing)" : check.Verdict, check.Rule,
                check.Why);
        }

        list.Write(to);
        Hint(promotion, to);
    }

    public static void Show(IReadOnlyList<PromotionInfo> promotions, Terminal to)
    {
        var list = new Listing(
            "promotion", "version", "target", "in place of", "status", "checks", "approvals", "until", "asked by",
            "decided by");
        foreach (var promotion in promotions)
        {
            var passed = promotion.Checks.Count(check => check.Verdict == "pass");
            list.Add(promotion.Id, $"{promotion.Model}/{promotion.Version}", promotion.Target, promotion.From,
                promotion.Status, string.Create(CultureInfo.InvariantCulture, $"{passed} of {promotion.Checks.Count}"),
                $"{promotion.Approvals.Count} of {promotion.Needed}", promotion.ExpiresAt, promotion.Author,
                promotion.DecidedBy);
        }

        list.Write(to);
    }

    private static void Hint(PromotionInfo promotion, Terminal to)
    {
        if (promotion.Status == "open")
            to.Error.WriteLine($"It waits for approval: fairlead promotions approve {promotion.Id}");
    }
}
