using System.CommandLine;
using System.Text.Json;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;
using Spectre.Console;

namespace Fairlead.Cli.Verbs;

/// <summary>Makes the server what files say, and shows the difference member by member.</summary>
internal static class ApplyVerb
{
    public static Command Create(Terminal terminal)
    {
        var files = new Option<string[]>("--file", "-f")
        {
            Description = "YAML or JSON documents; - reads standard input (repeatable)",
            HelpName = "file",
            Required = true,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change" };
        var reason = Options.Reason();
        return new Command("apply", "Make models, endpoints and rollouts what files say") { files, dryRun, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var documents = new List<string>();
                foreach (var file in call.Value(files))
                    documents.Add(await ReadAsync(file, terminal, cancellation));
                var applied = await call.Client.ApplyAsync(
                    string.Join("\n---\n", documents), call.Value(dryRun), call.Value(reason), cancellation);
                call.Write(applied, to => Show(applied, to));
            });
    }

    private static async Task<string> ReadAsync(string file, Terminal terminal, CancellationToken cancellation)
    {
        if (file != "-")
        {
            return File.Exists(file)
                ? await File.ReadAllTextAsync(file, cancellation)
                : throw CliException.Usage($"the file {file} does not exist.");
        }

        using var input = new StreamReader(terminal.OpenInput());
        return await input.ReadToEndAsync(cancellation);
    }

    private static void Show(ApplyInfo applied, Terminal to)
    {
        var drawing = to.OutIsTerminal && to.Colours ? Drawing.OnOut(to) : null;
        foreach (var document in applied.Documents)
        {
            var would = applied.DryRun && document.Outcome != "unchanged" ? "would be " : "";
            var generation = document.Generation is { } number && !applied.DryRun ? $", generation {number}" : "";
            var subject = $"{document.Kind.ToLowerInvariant()} {document.Name}";
            to.Out.WriteLine(Listing.Cell($"{subject}: {would}{document.Outcome}{generation}"));
            foreach (var difference in document.Differences)
            {
                var (line, colour) = Line(difference);
                if (drawing is null)
                    to.Out.WriteLine($"  {line}");
                else
                    drawing.Write(new Text($"  {line}\n", new Style(colour)));
            }
        }
    }

    private static (string Line, Color Colour) Line(Difference difference)
    {
        var path = Listing.Cell(difference.Path);
        return (difference.Before, difference.After) switch
        {
            (null, { } after) => ($"+ {path}: {Value(after)}", Color.Green),
            ({ } before, null) => ($"- {path}: {Value(before)}", Color.Red),
            ({ } before, { } after) => ($"~ {path}: {Value(before)} -> {Value(after)}", Color.Yellow),
            _ => ($"  {path}", Color.Default),
        };
    }

    private static string Value(JsonElement value) =>
        Listing.Cell(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText());
}
