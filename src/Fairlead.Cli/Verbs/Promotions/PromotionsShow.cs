using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Promotions;

/// <summary>Shows a promotion with every check and its figures.</summary>
internal static class PromotionsShow
{
    public static Command Create(Terminal terminal)
    {
        var id = PromotionsVerb.Id();
        return new Command("show", "Show a promotion with every check and its figures") { id }
            .Runs(terminal, async (call, cancellation) =>
            {
                var promotion = await call.Client.GetPromotionAsync(call.Value(id), cancellation);
                call.Write(promotion, to => PromotionText.Show(promotion, to));
            });
    }
}
