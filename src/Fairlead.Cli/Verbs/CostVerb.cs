using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs;

/// <summary>Tells what serving an endpoint cost.</summary>
internal static class CostVerb
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("endpoint") { Description = "The endpoint" };
        var from = Options.Of<string?>("--from", "when", "Beginning [default: 24h, a day ago]");
        var to = Options.Of<string?>("--to", "when", "End [default: now]");
        var cpu = Options.Of<double?>("--per-cpu-hour", "price", "What a core costs an hour, in any currency");
        var memory = Options.Of<double?>("--per-gib-hour", "price", "What a GiB of memory costs an hour");
        return new Command("cost", "Tell what serving an endpoint cost, variant by variant")
        { name, from, to, cpu, memory }.Runs(terminal, async (call, cancellation) =>
        {
            var info = await call.Client.GetCostAsync(call.Value(name), new Client.Api.CostQuestion(
                Instants.Past(call.Value(from), terminal.Clock), Instants.Past(call.Value(to), terminal.Clock),
                call.Value(cpu), call.Value(memory)), cancellation);
            call.Write(info, output =>
            {
                new Facts().Add("endpoint", info.Endpoint).Add("time", $"{info.From:u} to {info.To:u}").Write(output);
                output.Out.WriteLine();
                var list = new Listing(
                    "variant", "version", "predictions", "cpu s", "GiB s", "cost", "cost of 1,000");
                foreach (var arm in info.Arms)
                {
                    list.Add(arm.Variant, arm.Version, arm.Predictions, Number(arm.CpuSeconds),
                        Number(arm.GibibyteSeconds), Number(arm.Total), Number(arm.PerThousand));
                }

                list.Write(output);
            });
        });
    }

    private static string Number(double? value) =>
        value is { } number ? number.ToString("G4", CultureInfo.InvariantCulture) : "";
}
