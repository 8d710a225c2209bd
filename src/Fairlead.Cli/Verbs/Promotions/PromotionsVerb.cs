using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Promotions;

/// <summary>Promotions that were asked for, and those who say yes or no to them.</summary>
internal static class PromotionsVerb
{
    public static Command Create(Terminal terminal) =>
        new("promotions", "Look after promotions that were asked for (see: fairlead promote)")
        {
            PromotionsList.Create(terminal),
            PromotionsShow.Create(terminal),
            PromotionsApprove.Create(terminal),
            PromotionsDecline.Create(terminal),
            PromotionsPolicy.Create(terminal),
        };

    internal static Argument<long> Id() => new("promotion") { Description = "Its number", HelpName = "n" };
}
