using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Lists the evaluations of a version.</summary>
internal static class ModelsEvaluations
{
    private const int ShownFigures = 4;

    public static Command Create(Terminal terminal)
    {
        var version = Options.Version("The version");
        return new Command("evaluations", "List the evaluations of a version (see: fairlead evaluate)") { version }
            .Runs(terminal, async (call, cancellation) =>
            {
                var reference = call.Value(version);
                var number = await reference.ResolveAsync(call.Client, cancellation);
                var evaluations = await Pages.AllAsync(
                    page => call.Client.ListEvaluationsAsync(reference.Model, number, page, cancellation));
                call.Write(evaluations, to => Show(evaluations.Items, to));
            });
    }

    private static void Show(IReadOnlyList<EvaluationInfo> evaluations, Terminal to)
    {
        var list = new Listing("evaluation", "state", "rows", "data", "label", "figures", "finished", "by");
        foreach (var each in evaluations)
        {
            var figures = each.Segments.SelectMany(segment => segment.Figures).Take(ShownFigures)
                .Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {figure.Value:0.####}"));
            list.Add(each.Id, each.State, each.Rows, each.Dataset ?? each.Source, each.Label,
                string.Join(", ", figures), each.FinishedAt, each.CreatedBy);
        }

        list.Write(to);
    }
}
