using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Promotions;

/// <summary>Lists promotions that wait for approval.</summary>
internal static class PromotionsList
{
    private const int DefaultLimit = 50;

    public static Command Create(Terminal terminal)
    {
        var model = Options.Of<string?>("--model", "name", "Only those of one model");
        var all = new Option<bool>("--all") { Description = "Also those that are decided" };
        var limit = new Option<int>("--limit")
        {
            Description = "Most promotions to show",
            HelpName = "n",
            DefaultValueFactory = _ => DefaultLimit,
        };
        return new Command("list", "List promotions that wait for approval") { model, all, limit }
            .Runs(terminal, async (call, cancellation) =>
            {
                var filter = new PromotionFilter { Model = call.Value(model), All = call.Value(all) };
                var promotions = await Pages.AllAsync(
                    page => call.Client.ListPromotionsAsync(filter, page, cancellation), call.Value(limit));
                call.Write(promotions, to => PromotionText.Show(promotions.Items, to));
            });
    }
}
