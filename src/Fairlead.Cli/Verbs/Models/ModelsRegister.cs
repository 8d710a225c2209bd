using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Uploads;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Lineage;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Uploads a file or folder and registers it as the next version of a model.</summary>
internal sealed class ModelsRegister
{
    private readonly Argument<string> _name = new("name") { Description = "The model; created with its first version" };
    private readonly Argument<string> _path = new("path") { Description = "An ONNX file, or a folder that holds one" };

    private readonly Option<string?> _description =
        Options.Of<string?>("--description", "text", "A sentence about the version");

    private readonly Option<Dictionary<string, string>> _tags = Options.Pairs("--tag", "A tag of the version");

    private readonly Option<Dictionary<string, double>> _metrics =
        Options.Numbers("--metric", "A metric, such as auc=0.79");

    private readonly Option<Dictionary<string, string>> _parameters =
        Options.Pairs("--param", "A parameter of its training");

    private readonly Option<string[]> _aliases =
        Options.Of<string[]>("--alias", "alias", "Point this alias to the version (repeatable)");

    private readonly Option<string?> _entry =
        Options.Of<string?>("--entry", "file", "The model file within the folder");

    private readonly Option<Dictionary<string, string>> _datasets =
        Options.Pairs("--dataset", "Data it was trained on: a name, and a digest or an address");

    private readonly Option<string[]> _data = Options.Of<string[]>("--data", "name/n[:role]",
        "A registered dataset that it was made with, for training unless a role is named (repeatable)");

    private readonly Option<string?> _commit = Options.Of<string?>("--code-commit", "commit",
        "Commit of the training code [default: what git says of the current folder, with address and changes]");

    private readonly Option<string?> _container = Options.Of<string?>("--container", "image",
        $"Image of the container that it was trained in [default: ${LocalSources.ContainerVariable}]");

    private readonly Option<string?> _run = Options.Of<string?>("--run", "id", "The training run that made it");
    private readonly Option<int?> _parent = Options.Of<int?>("--parent", "n", "The version that it continues");

    private readonly Option<string?> _key = Options.Of<string?>("--idempotency-key", "word",
        "Running this again with the same key gives the same version [default: a new key each time]");

    private readonly Option<string?> _reason = Options.Reason();

    public static Command Create(Terminal terminal)
    {
        var verb = new ModelsRegister();
        return new Command("register", "Upload a model and register it as a new version")
        {
            verb._name, verb._path, verb._description, verb._tags, verb._metrics, verb._parameters, verb._aliases,
            verb._entry, verb._data, verb._datasets, verb._commit, verb._container, verb._run,
            verb._parent, verb._key, verb._reason,
        }.Runs(terminal, verb.RunAsync);
    }

    private async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var files = LocalFiles.Find(call.Value(_path));
        var code = call.Value(_commit) is null
            ? await GitCheckout.ReadAsync(Directory.GetCurrentDirectory(), cancellation)
            : null;
        var upload = await Upload.SendAsync(call.Client, files, call.Terminal, cancellation);
        var version = await call.Client.RegisterVersionAsync(call.Value(_name), new RegisterVersionRequest
        {
            Files = upload.Files,
            Entry = call.Value(_entry),
            Description = call.Value(_description) ?? "",
            Tags = call.Value(_tags),
            Metrics = call.Value(_metrics),
            Parameters = call.Value(_parameters),
            Lineage = new VersionLineage
            {
                Datasets = call.Value(_datasets),
                CodeCommit = call.Value(_commit)
                    ?? (code?.Dirty == true ? code.Commit + CodeSource.DirtySuffix : code?.Commit),
                Code = code,
                Environment = await LocalSources.EnvironmentAsync(call.Value(_path),
                    call.Value(_container) ?? call.Terminal.Environment(LocalSources.ContainerVariable), cancellation),
                Run = call.Value(_run),
                Parent = call.Value(_parent),
            },
            Datasets = call.Value(_data) ?? [],
            Reason = call.Value(_reason),
        }, call.Value(_key), cancellation);

        var pointed = await PointAsync(call, version, cancellation);
        version = version with { Aliases = [.. version.Aliases.Union(pointed.Moved)] };
        call.Write(version, to => to.Out.WriteLine($"{version.Model}/{version.Number}"));
        Report(call, version, upload.SentBytes);
        if (pointed.Failed is null)
            return ExitCodes.Ok;

        call.Note($"fairlead: the version is registered, the alias '{pointed.Failed}' is not moved: {pointed.Why}");
        return ExitCodes.PartlyDone;
    }

    /// <summary>Moves the aliases one by one, from where each points at this moment.</summary>
    private async Task<(List<string> Moved, string? Failed, string? Why)> PointAsync(
        Call call, VersionInfo version, CancellationToken cancellation)
    {
        var moved = new List<string>();
        foreach (var alias in call.Value(_aliases) ?? [])
        {
            try
            {
                var model = await call.Client.GetModelAsync(version.Model, cancellation);
                await call.Client.SetAliasAsync(version.Model, alias, new SetAliasRequest
                {
                    Version = version.Number,
                    Expected = model.Aliases.TryGetValue(alias, out var now) ? now : null,
                    Reason = call.Value(_reason),
                }, cancellation);
                moved.Add(alias);
            }
            catch (Exception failure) when (failure is FairleadApiException or HttpRequestException)
            {
                return (moved, alias, failure.Message);
            }
        }

        return (moved, null, null);
    }

    private static void Report(Call call, VersionInfo version, long sent)
    {
        var kept = sent < version.Size ? $", {ByteText.Format(version.Size - sent)} were there already" : "";
        var batching = version.Probe.Batchable
            ? "requests can be batched"
            : $"not batched: {Listing.Cell(version.Probe.NotBatchableBecause?.TrimEnd('.', '\n'))}";
        call.Note($"Registered {version.Model}/{version.Number}: {ByteText.Format(sent)} sent{kept}; {batching}.");
    }
}
