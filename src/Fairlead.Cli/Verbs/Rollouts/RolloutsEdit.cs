using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Exchanges the steps to come and the guards of a rollout.</summary>
internal static class RolloutsEdit
{
    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var file = RolloutSource.FileOption();
        file.Required = true;
        return new Command("edit", "Exchange the steps to come and the guards; no step is run again or jumped to")
        { id, file }
            .Runs(terminal, async (call, cancellation) =>
            {
                var document = await RolloutSource.ReadAsync(call, call.Value(file)!, cancellation);
                var rollout = await call.Client.EditRolloutAsync(call.Value(id), document, cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
            });
    }
}
