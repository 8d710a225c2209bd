using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Promotions;

/// <summary>Approves a promotion; the last word that is needed moves the alias.</summary>
internal static class PromotionsApprove
{
    public static Command Create(Terminal terminal)
    {
        var id = PromotionsVerb.Id();
        var reason = Options.Reason();
        return new Command("approve", "Approve a promotion; the last word that is needed moves the alias")
        { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var promotion = await call.Client.ApprovePromotionAsync(
                    call.Value(id), call.Value(reason), cancellation);
                call.Write(promotion, to => PromotionText.Show(promotion, to));
            });
    }
}
