using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Schemas;

/// <summary>Tells how what an endpoint was asked breaks its schema.</summary>
internal static class SchemaCheck
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("endpoint") { Description = "The endpoint" };
        var from = Options.Of<string?>("--from", "when", "Beginning of what is looked at [default: 1h, an hour ago]");
        var to = Options.Of<string?>("--to", "when", "Its end [default: now]");
        var variant = Options.Of<string?>("--variant", "name", "Only this variant");
        var reference = Options.Of<string?>("--reference", "what",
            "What distances are taken from: dataset:NAME/VERSION, training or rolling:7d [default: training]");
        return new Command("check", "Hold what an endpoint was asked in a stretch to its schema")
        { name, from, to, variant, reference }.Runs(terminal, async (call, cancellation) =>
        {
            var clock = terminal.Clock;
            var info = await call.Client.CheckSchemaAsync(
                call.Value(name), Instants.Past(call.Value(from), clock), Instants.Past(call.Value(to), clock),
                call.Value(variant), call.Value(reference), cancellation);
            call.Write(info, output => Show(info, output));
        });
    }

    private static void Show(SchemaCheckInfo info, Terminal to)
    {
        new Facts().Add("endpoint", info.Endpoint).Add("looked at", $"{info.From:u} to {info.To:u}").Write(to);
        if (info.Arms.Count == 0)
            to.Out.WriteLine("Nothing was asked in this time. A minute is shown some seconds after it is over.");
        foreach (var arm in info.Arms)
        {
            to.Out.WriteLine();
            to.Out.WriteLine($"{arm.Variant} ({arm.Version}): {DriftVerb.Words(arm.State)}, {arm.Rows} rows"
                + (arm.RefusedRows > 0 ? $", {arm.RefusedRows} more refused" : ""));
            if (arm.HeldAgainst is { } reference)
                to.Out.WriteLine($"Distances are from {reference}.");
            if (arm.Findings.Count > 0)
            {
                var list = new Listing("column", "fault", "share", "what");
                foreach (var finding in arm.Findings)
                {
                    list.Add(finding.Column, DriftVerb.Words(finding.Fault),
                        finding.Share.ToString("0.####", CultureInfo.InvariantCulture), finding.Sentence);
                }

                list.Write(to);
            }

            if (arm.Refused.Count > 0)
            {
                var refused = new Listing("refused for", "fault", "rows");
                foreach (var each in arm.Refused)
                    refused.Add(each.Column, DriftVerb.Words(each.Fault), each.Rows);
                refused.Write(to);
            }

            if (arm.Undecided.Count > 0)
                to.Out.WriteLine($"Too few rows to judge by: {string.Join(", ", arm.Undecided)}.");
        }
    }
}
