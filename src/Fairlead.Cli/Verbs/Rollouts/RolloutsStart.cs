using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Starts a rollout.</summary>
internal static class RolloutsStart
{
    public static Command Create(Terminal terminal)
    {
        var source = new RolloutSource();
        var supersede = new Option<bool>("--supersede")
        {
            Description = "Take an active rollout of the endpoint back to stable first",
        };
        var reason = Options.Reason();
        var command = source.AddTo(new Command("start", "Start a rollout"));
        command.Add(supersede);
        command.Add(reason);
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var why = call.Value(reason);
            var rollout = await source.SendAsync(
                call,
                document => why is null && !call.Value(supersede)
                    ? call.Client.StartRolloutAsync(document, cancellation)
                    : throw CliException.Usage("--reason and --supersede stand in the file."),
                request => call.Client.StartRolloutAsync(
                    request with { Reason = why, Supersede = call.Value(supersede) }, cancellation),
                cancellation);
            call.Write(rollout, to => RolloutText.Show(rollout, to));
            call.Note($"  Watch it: fairlead rollouts show {rollout.Id} --watch");
        });
    }
}
