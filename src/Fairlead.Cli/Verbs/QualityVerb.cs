using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Tells how good an endpoint's answers were, by what turned out.</summary>
internal static class QualityVerb
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("endpoint") { Description = "The endpoint" };
        var outcome = new Option<string>("--outcome")
        {
            Description = "The outcome, which has the name of the output that it is held against",
            HelpName = "name",
            Required = true,
        };
        var task = Options.Of<string?>(
            "--task", "task", "classification, regression or ranking [default: classification]");
        var positive = Options.Of<string?>("--positive", "class", "The class that counts as positive");
        var score = Options.Of<string?>(
            "--score", "output", "The output with its probability, such as probabilities[1]");
        var classes = Options.Of<string?>("--classes", "a,b,c",
            "The class of each element of the output that --score then names: figures of many classes");
        var places = Options.Of<int?>("--places", "number", "Places of a ranked list that count [default: 10]");
        var by = Options.Of<string?>("--by", "input", "The input by whose values it is told too");
        var from = Options.Of<string?>("--from", "when", "Beginning of the predictions [default: 24h, a day ago]");
        var to = Options.Of<string?>("--to", "when", "Their end [default: now]");
        var variant = Options.Of<string?>("--variant", "name", "Only this variant");
        return new Command("quality", "Tell how good an endpoint's answers were, by what turned out")
        { name, outcome, task, positive, score, classes, places, by, from, to, variant }
            .Runs(terminal, async (call, cancellation) =>
            {
                var info = await call.Client.GetQualityAsync(call.Value(name), new QualityQuestion(
                    call.Value(outcome)!, call.Value(task), call.Value(positive), call.Value(score), call.Value(by),
                    Instants.Past(call.Value(from), terminal.Clock), Instants.Past(call.Value(to), terminal.Clock),
                    call.Value(variant), Places: call.Value(places),
                    Classes: call.Value(classes)?.Split(',', StringSplitOptions.TrimEntries)), cancellation);
                call.Write(info, output => Show(info, output));
            });
    }

    private static void Show(QualityInfo info, Terminal to)
    {
        new Facts()
            .Add("endpoint", info.Endpoint)
            .Add("outcome", info.Outcome)
            .Add("predictions", $"{info.From:u} to {info.To:u}")
            .Add("looked at", info.Newest is { } newest ? $"only the newest {newest}" : null)
            .Write(to);
        foreach (var arm in info.Arms)
            Show(arm, info, to);
    }

    private static void Show(ArmQualityInfo arm, QualityInfo info, Terminal to)
    {
        to.Out.WriteLine();
        var segment = arm.Segment is null ? "" : $", {arm.Segment}";
        to.Out.WriteLine($"{arm.Variant} ({arm.Version}){segment}: {Rows(arm)}");
        var figures = new Listing(
            "figure", "value", string.Create(CultureInfo.InvariantCulture, $"{1 - info.Alpha:0.##%} from"), "to",
            "evaluation", "of");
        foreach (var figure in arm.Figures)
        {
            figures.Add(figure.Name, Number(figure.Value), Number(figure.Low), Number(figure.High),
                Number(figure.Evaluation), figure.Of);
        }

        figures.Write(to);
        if (arm.Segment is null && arm.Delay is { } delay)
        {
            to.Out.WriteLine($"Outcomes took {Time(delay.P50)} (half of them), {Time(delay.P90)} (nine of ten), "
                + $"{Time(delay.P99)} (99 of 100).");
        }

        if (arm.Reliability.Count > 0 && arm.Segment is null)
            Reliability(arm, to);
    }

    private static void Reliability(ArmQualityInfo arm, Terminal to)
    {
        var curve = new Listing("predicted", "happened", "from", "to", "rows");
        foreach (var bin in arm.Reliability)
        {
            curve.Add(Number(bin.Predicted), Number(bin.Observed), Number(bin.Low), Number(bin.High), bin.Count);
        }

        curve.Write(to);
    }

    private static string Rows(ArmQualityInfo arm)
    {
        var of = arm.Answers is { } answers ? $" of {answers} predictions" : "";
        var unusable = arm.Unusable > 0 ? $", {arm.Unusable} more could not be used" : "";
        return $"{arm.Rows}{of} with an outcome{unusable}";
    }

    private static string Number(double? value) =>
        value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : "";

    private static string Time(double seconds) => seconds switch
    {
        >= 86_400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0.#} d"),
        >= 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
        >= 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
    };
}
