using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Lifts the quarantine of a version that was loaded shortly before the server ended uncleanly.</summary>
internal static class ModelsRelease
{
    public static Command Create(Terminal terminal)
    {
        var reference = Options.Version("The version");
        var reason = Options.Reason();
        return new Command("release", "Let a quarantined version be loaded again") { reference, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var wanted = call.Value(reference);
                if (wanted.IsModel)
                    throw CliException.Usage($"'{wanted}' is a model.", $"Write {wanted}/1 for one of its versions.");
                var number = await wanted.ResolveAsync(call.Client, cancellation);
                var released = await call.Client.ReleaseVersionAsync(
                    wanted.Model, number, call.Value(reason), cancellation);
                var sentence = released.WasQuarantined ? "may be loaded again" : "was not quarantined";
                call.Write(released, _ => call.Note($"{wanted.Model}/{number} {sentence}."));
            });
    }
}
