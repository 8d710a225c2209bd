using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Shows where candidates answered copies otherwise than callers were answered.</summary>
internal static class RolloutsDisagreements
{
    private const int DefaultExamples = 10;

    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var examples = Options.Of<int?>("--examples", "n", "Most examples of each candidate; default 10");
        return new Command("disagreements", "Show where candidates answered copies differently, worst first")
        { id, examples }
            .Runs(terminal, async (call, cancellation) =>
            {
                var found = await call.Client.GetDisagreementsAsync(
                    call.Value(id), call.Value(examples) ?? DefaultExamples, cancellation);
                call.Write(found, to =>
                {
                    foreach (var candidate in found)
                        Show(candidate, to);
                });
            });
    }

    private static void Show(DisagreementsInfo candidate, Terminal to)
    {
        new Facts()
            .Add("candidate", candidate.Candidate)
            .Add("copies", candidate.Copies)
            .Add("answered otherwise", candidate.Differing is { } share ? Number(share * 100) + "%" : null)
            .Write(to);
        if (candidate.Labels.Count > 0)
            ShowLabels(candidate, to);
        if (candidate.Numbers.Count > 0)
            ShowNumbers(candidate, to);
        if (candidate.Examples.Count > 0)
            ShowExamples(candidate, to);
        to.Out.WriteLine();
    }

    private static void ShowLabels(DisagreementsInfo candidate, Terminal to)
    {
        to.Out.WriteLine();
        var labels = new Listing("label", "kappa", "class", "both", "only callers'", "only candidate's", "p (McNemar)");
        foreach (var output in candidate.Labels)
        {
            foreach (var each in output.Classes)
            {
                labels.Add(output.Output, Number(output.Kappa), each.Class, each.Both, each.OnlyChampion,
                    each.OnlyCandidate, Number(each.P));
            }
        }

        labels.Write(to);
    }

    private static void ShowNumbers(DisagreementsInfo candidate, Terminal to)
    {
        to.Out.WriteLine();
        var numbers = new Listing("number", "requests", "mean difference", "p (paired t)", "p (Wilcoxon)");
        foreach (var each in candidate.Numbers)
        {
            numbers.Add(each.Output, each.Requests,
                $"{Number(each.MeanDifference)} [{Number(each.Low) ?? "-inf"}, {Number(each.High) ?? "inf"}]",
                Number(each.P), Number(each.WilcoxonP));
        }

        numbers.Write(to);
    }

    private static void ShowExamples(DisagreementsInfo candidate, Terminal to)
    {
        to.Out.WriteLine();
        var examples = new Listing("when", "rows", "largest", "inputs", "callers got", "candidate", "prediction");
        foreach (var each in candidate.Examples)
        {
            examples.Add(each.At, Number(each.Share * 100) + "%", Number(each.LargestDifference), each.Inputs,
                each.Champion, each.Candidate, each.PredictionId);
        }

        examples.Write(to);
    }

    private static string? Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture);
}
