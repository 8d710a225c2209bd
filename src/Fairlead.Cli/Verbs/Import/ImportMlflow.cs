using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using Fairlead.Cli.Importing;
using Fairlead.Cli.Shell;
using Fairlead.Client.Mlflow;

namespace Fairlead.Cli.Verbs.Import;

/// <summary>
/// Brings over experiments, runs, artifacts and models of an MLflow tracking server, of its SQLite file, or of the
/// folder in which it kept everything.
/// </summary>
internal static class ImportMlflow
{
    private const string SqliteScheme = "sqlite:///";
    private const string TokenVariable = "MLFLOW_TRACKING_TOKEN";
    private const string UserVariable = "MLFLOW_TRACKING_USERNAME";
    private const string GoOn = "What was brought over stays; run it again to go on.";
    private const string PasswordVariable = "MLFLOW_TRACKING_PASSWORD";

    public static Command Create(Terminal terminal)
    {
        var address = new Argument<string>("from")
        {
            Description = "Address of the tracking server, its SQLite file, or its folder (mlruns)",
        };
        var artifacts = Options.Of<string?>("--artifacts", "folder",
            "With a file or folder: where the server kept artifacts that it handed out itself (mlflow-artifacts:)");
        var experiments = Options.Of<string[]>("--experiment", "name", "Only this experiment (repeatable)");
        var origin = Options.Of<string?>("--origin", "name",
            "What the server is called; the same at every repetition [default: its address, or the path]");
        return new Command("mlflow", "Bring over experiments, runs, artifacts and models of an MLflow tracking server; "
            + "repeat it to go on where it was broken off or to bring what is new. Credentials are taken from "
            + $"${TokenVariable}, or ${UserVariable} and ${PasswordVariable}")
        {
            address, artifacts, experiments, origin,
        }.Runs(terminal, async (call, cancellation) =>
        {
            var from = call.Value(address)!;
            if (Uri.TryCreate(from, UriKind.Absolute, out var server) && server.Scheme is "http" or "https")
            {
                if (call.Value(artifacts) is not null)
                    throw CliException.Usage("'--artifacts' goes with a file or folder; a server hands its files out.");
                using var http = new HttpClient { BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/") };
                http.DefaultRequestHeaders.Authorization = Credentials(terminal);
                return await ImportAsync(call, new MlflowServerSource(new MlflowSite(http)),
                    call.Value(origin) ?? server.AbsoluteUri.TrimEnd('/'), call.Value(experiments), cancellation);
            }

            var path = from.StartsWith(SqliteScheme, StringComparison.Ordinal) ? from[SqliteScheme.Length..]
                : server is { IsFile: true } ? server.LocalPath : from;
            if (Directory.Exists(path))
            {
                var store = Opened(() => MlflowFileStore.Open(path, call.Value(artifacts)));
                return await ImportAsync(call, store, call.Value(origin) ?? store.Root, call.Value(experiments),
                    cancellation);
            }

            if (!File.Exists(path))
                throw CliException.Usage($"'{from}' is neither the address of a server nor a file or folder.");
            using var database = Opened(() => MlflowDatabase.Open(path, call.Value(artifacts)));
            return await ImportAsync(
                call, database, call.Value(origin) ?? Path.GetFullPath(path), call.Value(experiments), cancellation);
        });
    }

    private static T Opened<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (InvalidDataException none)
        {
            throw CliException.Usage(none.Message);
        }
    }

    private static async Task<int> ImportAsync(
        Call call, IMlflowSource source, string origin, string[]? experiments, CancellationToken cancellation)
    {
        // So that this server's being away is told as that, and anything after it as the other's.
        await call.Client.GetCallerAsync(cancellation);
        var import = new MlflowImport(source, call.Client.Mlflow, origin, call.Note);
        try
        {
            var result = await import.RunAsync(experiments ?? [], cancellation);
            result.Left = [.. result.Left, .. source.Unread];
            call.Write(result, to => Show(result, to));
            return result.Left.Count == 0 ? ExitCodes.Ok : ExitCodes.PartlyDone;
        }
        catch (HttpRequestException unreachable)
        {
            throw new CliException(ExitCodes.Unreachable, $"the import stopped: {unreachable.Message}", GoOn);
        }
        catch (MlflowException refused)
        {
            throw new CliException(ExitCodes.Refused, $"the import stopped: {refused.Message}", GoOn);
        }
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
            .Add("logged models", result.LoggedModels)
            .Add("models", result.Models)
            .Add("versions", result.Versions)
            .Write(to);
        foreach (var left in result.Left)
            to.Error.WriteLine($"fairlead: left: {left}");
    }
}
