using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Predictions;

/// <summary>Writes the records of an endpoint to a file.</summary>
internal static class PredictionsExport
{
    public static Command Create(Terminal terminal)
    {
        var endpoint = new Argument<string>("endpoint") { Description = "The endpoint" };
        var format = new Option<string>("--format")
        {
            Description = "Form of the file",
            HelpName = "csv|parquet|jsonl",
            DefaultValueFactory = _ => "jsonl",
        };
        format.AcceptOnlyFromAmong("csv", "parquet", "jsonl");
        var file = new Option<string>("--file")
        {
            Description = "Where to write",
            HelpName = "file",
            Required = true,
        };
        var from = Options.Of<DateTimeOffset?>("--from", "time", "The first moment");
        var to = Options.Of<DateTimeOffset?>("--to", "time", "The moment after the last one");
        return new Command("export", "Write the records of an endpoint to a file")
        { endpoint, format, file, from, to }
            .Runs(terminal, async (call, cancellation) =>
            {
                // What breaks off half-way must not be taken for the whole.
                var path = call.Value(file);
                var part = path + ".part";
                IReadOnlyList<string> missing;
                await using (var stream = File.Create(part))
                {
                    missing = await call.Client.ExportPredictionsAsync(
                        call.Value(endpoint), call.Value(format), stream, call.Value(from), call.Value(to),
                        cancellation);
                }

                File.Move(part, path, overwrite: true);
                call.Write(new Done("exported", call.Value(endpoint)), to =>
                    to.Error.WriteLine($"Wrote {path}."));
                if (missing.Count > 0)
                    call.Note($"  Not in this file: what {string.Join(", ", missing)} recorded, or the newest of it.");
            });
    }
}
