using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Audit;

/// <summary>Writes the sealed entries as lines of JSON, from which they can be verified without a server.</summary>
internal static class AuditExport
{
    public static Command Create(Terminal terminal)
    {
        var file = new Option<string>("--file")
        {
            Description = "Where to write them",
            HelpName = "path",
            Required = true,
        };
        var after = new Option<long>("--after") { Description = "Only links behind this one", HelpName = "n" };
        return new Command("export", "Write the sealed entries of the audit log as lines of JSON") { file, after }
            .Runs(terminal, async (call, cancellation) =>
            {
                await using (var to = File.Create(call.Value(file)))
                    await call.Client.ExportAuditAsync(to, call.Value(after), cancellation);
                call.Note($"Written to {call.Value(file)}. Verify it: fairlead audit verify --file {call.Value(file)}");
            });
    }
}
