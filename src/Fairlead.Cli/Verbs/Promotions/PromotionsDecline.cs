using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Promotions;

/// <summary>Declines a promotion.</summary>
internal static class PromotionsDecline
{
    public static Command Create(Terminal terminal)
    {
        var id = PromotionsVerb.Id();
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for whoever asked",
            HelpName = "text",
            Required = true,
        };
        return new Command("decline", "Decline a promotion") { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var promotion = await call.Client.DeclinePromotionAsync(
                    call.Value(id), call.Value(reason)!, cancellation);
                call.Write(promotion, to => PromotionText.Show(promotion, to));
            });
    }
}
