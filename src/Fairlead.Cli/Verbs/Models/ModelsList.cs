using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Lists the models.</summary>
internal static class ModelsList
{
    public static Command Create(Terminal terminal) =>
        new Command("list", "List the models").Runs(terminal, async (call, cancellation) =>
        {
            var models = await Pages.AllAsync(page => call.Client.ListModelsAsync(page, cancellation));
            call.Write(models, to => Show(models.Items, to));
        });

    private static void Show(IReadOnlyList<ModelInfo> models, Terminal to)
    {
        var list = new Listing("model", "versions", "latest", "aliases", "changed", "description");
        foreach (var model in models)
        {
            list.Add(model.Name, model.VersionCount, model.LatestVersion, AliasText(model.Aliases), model.ChangedAt,
                model.Description);
        }

        list.Write(to, "There is no model yet. Register one: 'fairlead models register NAME model.onnx'.");
    }

    /// <summary>Such as <c>challenger=3, champion=2</c>.</summary>
    public static string AliasText(IReadOnlyDictionary<string, int> aliases) =>
        string.Join(", ", aliases.OrderBy(alias => alias.Key, StringComparer.Ordinal)
            .Select(alias => $"{alias.Key}={alias.Value}"));
}
