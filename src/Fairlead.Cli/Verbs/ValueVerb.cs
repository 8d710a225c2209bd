using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Tells what an endpoint is worth beside its control group.</summary>
internal static class ValueVerb
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("endpoint") { Description = "The endpoint" };
        var metric = Options.Of<string?>("--metric", "metric",
            "outcome:NAME (0 or 1, or an amount) or outcome:NAME/OTHER; left out: as the endpoint declares");
        var unit = Options.Of<string?>("--unit", "unit", "The unit of the values, such as EUR");
        var delay = Options.Duration("--label-delay", "How long an outcome takes; younger predictions do not enter");
        var against = Options.Of<string?>("--against", "arm", "The control group; left out: the holdout");
        var command = new Command("value", "Tell what an endpoint is worth beside its control group")
        { name, metric, unit, delay, against };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var value = await call.Client.GetEndpointValueAsync(call.Value(name), call.Value(metric), call.Value(unit),
                call.Value(delay), call.Value(against), cancellation);
            call.Write(value, to => Show(value, to));
        });
    }

    private static void Show(EndpointValueInfo value, Terminal to)
    {
        new Facts()
            .Add("endpoint", value.Endpoint)
            .Add("metric", $"{value.Metric} {value.Unit}".TrimEnd())
            .Add("against", value.Against)
            .Add("until", value.Until)
            .Add("sample", value.Sample < 1
                ? string.Create(
                    CultureInfo.InvariantCulture, $"{value.Sample * 100:0.###} % of the units, in both groups")
                : null)
            .Write(to);
        to.Out.WriteLine();
        var groups = new Listing("group", "units", "sum", value.Metric.Contains('/') ? "ratio" : "per unit");
        groups.Add("as usual", value.Treated.Units, Amount(value.Treated.Sum), Share(value.Treated.Value));
        groups.Add("control group", value.Control.Units, Amount(value.Control.Sum), Share(value.Control.Value));
        groups.Write(to);
        to.Out.WriteLine();
        to.Out.WriteLine(Sentence(value));
    }

    /// <summary>Such as <c>about 12,300 EUR (9,100 to 15,400) since 2026-01-31</c>.</summary>
    internal static string Sentence(EndpointValueInfo value)
    {
        if (value.Total is not { } total || value.PerUnit is not { } each)
            return char.ToUpperInvariant(value.NotEnough![0]) + value.NotEnough[1..] + ".";

        var unit = value.Unit.Length > 0 ? " " + value.Unit : "";
        var what = value.Metric.Contains('/') ? "in the ratio" : "a unit";
        var since = value.Since is { } first
            ? string.Create(CultureInfo.InvariantCulture, $" since {first.UtcDateTime:yyyy-MM-dd}")
            : "";
        var shown = total.Low > 0 ? "The endpoint is worth "
            : total.High < 0 ? "The endpoint costs "
            : "Not told apart from nothing yet: ";
        var sign = total.High < 0 ? -1 : 1;
        return $"{shown}about {Range(total, sign, unit, Amount)}{since}: "
            + $"{Range(each, sign, unit, number => Share(number))} {what} "
            + $"(with {value.Confidence * 100:0} % confidence, however often one looks).";
    }

    private static string Range(ValueInterval interval, int sign, string unit, Func<double, string> text)
    {
        var (low, high) = sign > 0 ? (interval.Low, interval.High) : (-interval.High, -interval.Low);
        return $"{text(sign * interval.Value)}{unit} ({text(low)} to {text(high)})";
    }

    /// <summary>Three digits that count, with separators of thousands.</summary>
    private static string Amount(double number)
    {
        if (number == 0 || !double.IsFinite(number))
            return number.ToString(CultureInfo.InvariantCulture);

        var digits = (int)Math.Floor(Math.Log10(Math.Abs(number))) - 2;
        var step = Math.Pow(10, Math.Max(0, digits));
        return digits >= 0
            ? (Math.Round(number / step) * step).ToString("N0", CultureInfo.InvariantCulture)
            : number.ToString($"N{Math.Min(6, -digits)}", CultureInfo.InvariantCulture);
    }

    private static string Share(double? number) =>
        number is { } known ? known.ToString("G4", CultureInfo.InvariantCulture) : "";
}
