using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Evaluations for people.</summary>
internal static class EvaluationText
{
    public static void Show(EvaluationInfo evaluation, Terminal to)
    {
        new Facts()
            .Add("version", $"{evaluation.Model}/{evaluation.Version}")
            .Add("evaluation", evaluation.Id)
            .Add("rows", $"{evaluation.Rows} of {evaluation.Dataset ?? evaluation.Source}")
            .Add("label", evaluation.Label)
            .Add("one row takes", evaluation.Times is { } times
                ? string.Create(CultureInfo.InvariantCulture,
                    $"{times.P50:0.###} ms (half of them), {times.P95:0.###} ms (95 of 100)")
                : null)
            .Write(to);
        foreach (var segment in evaluation.Segments)
        {
            to.Out.WriteLine();
            var unusable = segment.Unusable > 0 ? $", {segment.Unusable} more could not be used" : "";
            to.Out.WriteLine($"{segment.Segment ?? "all rows"}: {segment.Rows} rows{unusable}");
            var list = new Listing(
                "figure", "value", string.Create(CultureInfo.InvariantCulture, $"{1 - evaluation.Alpha:0.##%} from"),
                "to", "of");
            foreach (var figure in segment.Figures)
                list.Add(figure.Name, Number(figure.Value), Number(figure.Low), Number(figure.High), figure.Of);
            list.Write(to);
        }
    }

    public static void Show(EvaluationComparisonInfo comparison, Terminal to)
    {
        to.Out.WriteLine();
        to.Out.WriteLine($"{comparison.Version} against {comparison.Against} on the same rows:");
        var list = new Listing(
            "segment", "figure", comparison.Version, comparison.Against, "difference",
            string.Create(CultureInfo.InvariantCulture, $"{1 - comparison.Alpha:0.##%} from"), "to", "p", "verdict",
            "test");
        foreach (var figure in comparison.Figures)
        {
            list.Add(figure.Segment ?? "all rows", figure.Name, Number(figure.Value), Number(figure.Against),
                Number(figure.Difference), Number(figure.Low), Number(figure.High), Number(figure.P), figure.Verdict,
                figure.Method);
        }

        list.Write(to);
    }

    private static string Number(double? value) =>
        value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : "";
}
