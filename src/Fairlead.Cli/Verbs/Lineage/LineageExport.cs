using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Lineage;

/// <summary>Writes the lineage of a version in a form that others read.</summary>
internal static class LineageExport
{
    public static Command Create(Terminal terminal)
    {
        var version = Options.Version("The version");
        var format = new Option<string>("--format")
        {
            Description = "openlineage (an event), slsa (an in-toto statement), cyclonedx (a bill of materials), "
                + "card-md or card-html (a model card)",
            HelpName = "format",
            Required = true,
        };
        format.AcceptOnlyFromAmong("openlineage", "slsa", "cyclonedx", "card-md", "card-html");
        var file = Options.Of<string?>("--file", "path", "Where to write it [default: standard output]");
        return new Command("export", "Write the lineage of a version in a form that others read")
        {
            version, format, file,
        }.Runs(terminal, async (call, cancellation) =>
        {
            var reference = call.Value(version);
            var number = await reference.ResolveAsync(call.Client, cancellation);
            var text = await call.Client.ExportLineageAsync(
                reference.Model, number, call.Value(format), cancellation);
            if (call.Value(file) is not { } path)
            {
                call.Terminal.Out.WriteLine(text.TrimEnd('\n'));
                return;
            }

            await File.WriteAllTextAsync(path, text, cancellation);
            call.Note($"Written to {path}.");
        });
    }
}
