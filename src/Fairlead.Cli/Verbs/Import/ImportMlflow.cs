using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using Fairlead.Cli.Shell;
using Fairlead.Client.Mlflow;

namespace Fairlead.Cli.Verbs.Import;

/// <summary>Brings over experiments, runs, artifacts and models of an MLflow tracking server.</summary>
internal static class ImportMlflow
{
    private const string TokenVariable = "MLFLOW_TRACKING_TOKEN";
    private const string UserVariable = "MLFLOW_TRACKING_USERNAME";
    private const string PasswordVariable = "MLFLOW_TRACKING_PASSWORD";

    public static Command Create(Terminal terminal)
    {
        var address = new Argument<string>("from") { Description = "Address of the tracking server" };
        var experiments = Options.Of<string[]>("--experiment", "name", "Only this experiment (repeatable)");
        var origin = Options.Of<string?>("--origin", "name",
            "What the server is called; the same at every repetition [default: its address]");
        return new Command("mlflow", "Bring over experiments, runs, artifacts and models of an MLflow tracking server; "
            + "repeat it to go on where it was broken off or to bring what is new. Credentials are taken from "
            + $"${TokenVariable}, or ${UserVariable} and ${PasswordVariable}")
        {
            address, experiments, origin,
        }.Runs(terminal, async (call, cancellation) =>
        {
            if (!Uri.TryCreate(call.Value(address), UriKind.Absolute, out var from)
                || from.Scheme is not ("http" or "https"))
            {
                throw CliException.Usage($"'{call.Value(address)}' is no address of a server.");
            }

            using var source = new HttpClient { BaseAddress = new Uri(from.AbsoluteUri.TrimEnd('/') + "/") };
            source.DefaultRequestHeaders.Authorization = Credentials(terminal);
            var import = new MlflowImport(
                new MlflowSite(source), call.Client.Mlflow, call.Value(origin) ?? from.AbsoluteUri.TrimEnd('/'),
                call.Note);
            try
            {
                var result = await import.RunAsync(call.Value(experiments) ?? [], cancellation);
                call.Write(result, to => Show(result, to));
                return result.Left.Count == 0 ? ExitCodes.Ok : ExitCodes.PartlyDone;
            }
            catch (MlflowException refused)
            {
                throw new CliException(ExitCodes.Refused, $"the import stopped: {refused.Message}",
                    "What was brought over stays; run it again to go on.");
            }
        });
    }

    private static AuthenticationHeaderValue? Credentials(Terminal terminal)
    {
        if (terminal.Environment(TokenVariable) is { Length: > 0 } token)
            return new AuthenticationHeaderValue("Bearer", token);
        return terminal.Environment(UserVariable) is { Length: > 0 } user
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"{user}:{terminal.Environment(PasswordVariable)}")))
            : null;
    }

    private static void Show(MlflowImportResult result, Terminal to)
    {
        new Facts()
            .Add("experiments", result.Experiments)
            .Add("runs", $"{result.Runs} brought over, {result.RunsKnown} were here")
            .Add("points", result.Points)
            .Add("files", result.Files)
            .Add("models", result.Models)
            .Add("versions", result.Versions)
            .Write(to);
        foreach (var left in result.Left)
            to.Error.WriteLine($"fairlead: left: {left}");
    }
}
