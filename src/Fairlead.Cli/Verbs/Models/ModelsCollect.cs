using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Gives the space of artifacts back that no version refers to any more.</summary>
internal static class ModelsCollect
{
    public static Command Create(Terminal terminal)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be removed" };
        return new Command("gc", "Remove stored files that no version refers to") { dryRun }
            .Runs(terminal, async (call, cancellation) =>
            {
                var removed = await call.Client.CollectGarbageAsync(call.Value(dryRun), cancellation);
                call.Write(removed, to =>
                {
                    foreach (var digest in removed.Digests)
                        to.Out.WriteLine(digest);
                    var verb = removed.DryRun ? "Would remove" : "Removed";
                    call.Note($"{verb} {removed.Artifacts} files, {ByteText.Format(removed.Bytes)}.");
                });
            });
    }
}
