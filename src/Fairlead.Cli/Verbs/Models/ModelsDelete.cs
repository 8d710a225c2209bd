using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Deletes a version, or a model with all its versions; the server refuses what an endpoint uses.</summary>
internal static class ModelsDelete
{
    public static Command Create(Terminal terminal)
    {
        var reference = Options.Version("The version; with --all-versions, the model");
        var all = new Option<bool>("--all-versions") { Description = "Delete the model with every version" };
        var reason = Options.Reason();
        var command = new Command("delete", "Delete a version that no endpoint uses") { reference, all, reason };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var wanted = call.Value(reference);
            if (call.Value(all) != wanted.IsModel)
            {
                throw CliException.Usage(
                    wanted.IsModel ? $"'{wanted}' is a whole model." : "--all-versions is said of a model.",
                    $"Write {wanted.Model}/1 for one version, or {wanted.Model} --all-versions.");
            }

            if (wanted.IsModel)
            {
                await call.Client.DeleteModelAsync(wanted.Model, call.Value(reason), cancellation);
                call.Write(new Done("deleted", wanted.Model), _ => call.Note($"{wanted.Model} is deleted."));
                return;
            }

            var number = await wanted.ResolveAsync(call.Client, cancellation);
            await call.Client.DeleteVersionAsync(wanted.Model, number, call.Value(reason), cancellation);
            call.Write(new Done("deleted", $"{wanted.Model}/{number}"),
                _ => call.Note($"{wanted.Model}/{number} is deleted; `fairlead models gc` gives its space back."));
        });
    }
}
