using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Fairlead.Client.Mlflow;

namespace Fairlead.Cli.Importing;

/// <summary>
/// A folder in which MLflow keeps everything as files (<c>mlruns</c>) as the source of an import. It may have been
/// brought here from elsewhere: files that are not where their address says are looked for below the folder.
/// </summary>
internal sealed class MlflowFileStore : IMlflowSource
{
    private const string RunScheme = "runs:/";
    private const string Trash = ".trash";
    private const string Proxy = "mlflow-artifacts:";
    private const int MostUnread = 100;

    private static readonly string[] OfAnExperiment = ["tags", "datasets", "traces", "models", "assessments"];

    private static readonly string[] OfADataset =
        ["name", "digest", "source_type", "source", "schema", "profile"];

    private readonly MlflowFolders _folders;
    private readonly List<string> _unread = [];
    private readonly Dictionary<string, string> _runs = [];

    private MlflowFileStore(string root, MlflowFolders folders) => (Root, _folders) = (root, folders);

    /// <summary>The folder, the same however its path was written.</summary>
    public string Root { get; }

    public IReadOnlyList<string> Unread => _unread;

    /// <summary>Opens a folder; throws <see cref="InvalidDataException"/> with a sentence where it is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="artifacts">The folder of the artifact proxy; null: it is not known.</param>
    public static MlflowFileStore Open(string folder, string? artifacts)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var store = new MlflowFileStore(root, new MlflowFolders(Path.GetDirectoryName(root) ?? root, artifacts));
        return store.Experiments().Any() || Described(Path.Combine(root, "models")).Any()
            ? store
            : throw new InvalidDataException($"'{folder}' is no folder of MLflow's file store: nothing in it has a "
                + $"{MlflowMeta.FileName}.");
    }

    public IAsyncEnumerable<JsonObject> ExperimentsAsync(CancellationToken cancellation) => Each(
        Experiments().Select(folder => (Folder: folder, Meta: MetaOf(folder))).Where(each => each.Meta is not null)
            .Select(each => Told(() => new JsonObject
            {
                ["experiment_id"] = Path.GetFileName(each.Folder),
                ["name"] = each.Meta!.Text("name") ?? Path.GetFileName(each.Folder),
                ["artifact_location"] = each.Meta.Text("artifact_location") ?? "",
                ["lifecycle_stage"] = each.Meta.Text("lifecycle_stage") ?? "active",
                ["tags"] = MlflowMeta.Files(Path.Combine(each.Folder, "tags")),
            })), cancellation);

    public IAsyncEnumerable<JsonObject> RunsAsync(string experiment, CancellationToken cancellation) => Each(
        Described(ExperimentFolder(experiment))
            .Where(folder => !OfAnExperiment.Contains(Path.GetFileName(folder), StringComparer.Ordinal))
            .Select(folder => (Folder: folder, Start: MetaOf(folder)?.Integer("start_time")))
            .Where(each => each.Start is not null).OrderBy(each => each.Start)
            .ThenBy(each => each.Folder, StringComparer.Ordinal).Select(each => Told(() => Run(each.Folder))),
        cancellation);

    public IAsyncEnumerable<JsonObject> HistoryAsync(string run, string metric, CancellationToken cancellation) =>
        Each(MlflowMeta.Points(Path.Combine(RunFolder(run)!, "metrics", metric)).Select(each => each.Point),
            cancellation);

    public IAsyncEnumerable<JsonObject> LoggedModelsAsync(string experiment, CancellationToken cancellation) => Each(
        Described(Path.Combine(ExperimentFolder(experiment), "models"))
            .Select(folder => (Folder: folder, Meta: MetaOf(folder)))
            .Where(each => each.Meta is not null && each.Meta.Text("lifecycle_stage") is not "deleted")
            .OrderBy(each => each.Meta!.Integer("creation_timestamp"))
            .Select(each => Told(() => LoggedModel(each.Folder, each.Meta!))), cancellation);

    public IAsyncEnumerable<JsonObject> ModelsAsync(CancellationToken cancellation) => Each(
        Described(Path.Combine(Root, "models")).Select(folder => (Folder: folder, Meta: MetaOf(folder)))
            .Where(each => each.Meta is not null).Select(each => Told(() => new JsonObject
            {
                ["name"] = each.Meta!.Text("name") ?? Path.GetFileName(each.Folder),
                ["description"] = each.Meta.Text("description") ?? "",
                ["tags"] = MlflowMeta.Files(Path.Combine(each.Folder, "tags")),
                ["aliases"] = new JsonArray([.. MlflowMeta.Files(Path.Combine(each.Folder, "aliases")).Select(
                    alias => new JsonObject
                    {
                        ["alias"] = (string)alias!["key"]!,
                        ["version"] = ((string)alias["value"]!).Trim(),
                    })]),
            })), cancellation);

    public IAsyncEnumerable<JsonObject> VersionsAsync(string model, CancellationToken cancellation) => Each(
        Described(Below(Path.Combine(Root, "models"), model)).Select(folder => (Folder: folder, Meta: MetaOf(folder)))
            .Where(each => each.Meta is not null && each.Meta.Text("current_stage") is not "Deleted_Internal")
            .OrderBy(each => each.Meta!.Integer("version")).Select(each => Told(() => new JsonObject
            {
                ["name"] = model,
                ["version"] = each.Meta!.Text("version") ?? "",
                ["description"] = each.Meta.Text("description") ?? "",
                ["current_stage"] = each.Meta.Text("current_stage") ?? "None",
                ["source"] = each.Meta.Text("source") ?? "",
                ["run_id"] = each.Meta.Text("run_id") ?? "",
                ["storage_location"] = each.Meta.Text("storage_location"),
                ["tags"] = MlflowMeta.Files(Path.Combine(each.Folder, "tags")),
            })), cancellation);

    public Task<string> AddressOfAsync(JsonObject version, CancellationToken cancellation)
    {
        var address = (string?)version["storage_location"] is { Length: > 0 } stored
            ? stored
            : (string?)version["source"] ?? "";
        if (address.StartsWith(RunScheme, StringComparison.Ordinal)
            && address[RunScheme.Length..].Split('/', 2) is [var run, var path]
            && RunFolder(run) is { } folder && MetaOf(folder)?.Text("artifact_uri") is { } root)
        {
            address = $"{root}/{path}";
        }

        return Task.FromResult(address);
    }

    public Task<IReadOnlyList<MlflowFile>> FilesAsync(JsonObject run, CancellationToken cancellation) =>
        FilesBelowAsync((string)run["info"]!["artifact_uri"]!, cancellation);

    public Task<Stream> OpenAsync(JsonObject run, string path, CancellationToken cancellation) =>
        OpenBelowAsync((string)run["info"]!["artifact_uri"]!, path, cancellation);

    public bool Holds(string address) => FolderOf(address) is not null;

    public Task<IReadOnlyList<MlflowFile>> FilesBelowAsync(string address, CancellationToken cancellation) =>
        Task.FromResult(FolderOf(address) is { } folder ? MlflowFolders.Files(folder) : []);

    public Task<Stream> OpenBelowAsync(string address, string path, CancellationToken cancellation) =>
        Task.FromResult(MlflowFolders.Open(FolderOf(address)!, path));

    private JsonObject Run(string folder)
    {
        var meta = MlflowMeta.Read(folder);
        _runs[Path.GetFileName(folder)] = folder;
        return new JsonObject
        {
            ["info"] = new JsonObject
            {
                ["run_id"] = Path.GetFileName(folder),
                ["run_name"] = meta.Text("run_name") ?? meta.Text("name") ?? "",
                ["user_id"] = meta.Text("user_id") ?? "",
                ["status"] = meta.OneOf(
                    "status", "RUNNING", "RUNNING", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"),
                ["start_time"] = meta.Integer("start_time"),
                ["end_time"] = meta.Integer("end_time"),
                ["lifecycle_stage"] = meta.Text("lifecycle_stage") ?? "active",
                ["artifact_uri"] = meta.Text("artifact_uri") ?? new Uri(Path.Combine(folder, "artifacts")).AbsoluteUri,
            },
            ["data"] = new JsonObject
            {
                ["tags"] = MlflowMeta.Files(Path.Combine(folder, "tags")),
                ["params"] = MlflowMeta.Files(Path.Combine(folder, "params")),
                ["metrics"] = new JsonArray([.. MlflowMeta.Keys(Path.Combine(folder, "metrics"))
                    .Select(key => new JsonObject { ["key"] = key })]),
            },
            ["inputs"] = new JsonObject { ["dataset_inputs"] = Datasets(folder) },
            ["outputs"] = new JsonObject
            {
                ["model_outputs"] = new JsonArray([.. Described(Path.Combine(folder, "outputs")).Select(output =>
                    new JsonObject
                    {
                        ["model_id"] = Path.GetFileName(output),
                        ["step"] = MlflowMeta.Read(output).Integer("step"),
                    })]),
            },
        };
    }

    private static JsonArray Datasets(string run)
    {
        var inputs = new JsonArray();
        foreach (var input in Described(Path.Combine(run, "inputs")).Select(MlflowMeta.Read))
        {
            var folder = Below(Path.Combine(Path.GetDirectoryName(run)!, "datasets"), input.Text("source_id") ?? "");
            if (!File.Exists(Path.Combine(folder, MlflowMeta.FileName)))
                continue;
            var dataset = MlflowMeta.Read(folder);
            inputs.Add(new JsonObject
            {
                ["dataset"] = new JsonObject([.. OfADataset.Select(
                    each => KeyValuePair.Create<string, JsonNode?>(each, dataset.Text(each) ?? ""))]),
                ["tags"] = input.Pairs("tags"),
            });
        }

        return inputs;
    }

    private static JsonObject LoggedModel(string folder, MlflowMeta meta)
    {
        var metrics = new JsonArray();
        var files = Path.Combine(folder, "metrics");
        foreach (var key in MlflowMeta.Keys(files))
        {
            // Behind the step: the run, and the dataset where it was measured on one.
            foreach (var (point, after) in MlflowMeta.Points(Path.Combine(files, key)))
            {
                point["key"] = key;
                if (after is [_, var name, var digest])
                    (point["dataset_name"], point["dataset_digest"]) = (name, digest);
                metrics.Add(point);
            }
        }

        return new JsonObject
        {
            ["info"] = new JsonObject
            {
                ["model_id"] = Path.GetFileName(folder),
                ["name"] = meta.Text("name") ?? "",
                ["artifact_uri"] = meta.Text("artifact_location") ?? "",
                ["status"] = meta.OneOf("status", "LOGGED_MODEL_READY", "LOGGED_MODEL_READY", "LOGGED_MODEL_PENDING",
                    "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"),
                ["model_type"] = meta.Text("model_type") ?? "",
                ["source_run_id"] = meta.Text("source_run_id") ?? "",
                ["tags"] = MlflowMeta.Files(Path.Combine(folder, "tags")),
            },
            ["data"] = new JsonObject
            {
                ["params"] = MlflowMeta.Files(Path.Combine(folder, "params")),
                ["metrics"] = metrics,
            },
        };
    }

    /// <summary>The folders of experiments, also of deleted ones: they have numbers for names.</summary>
    private IEnumerable<string> Experiments() =>
        ((string[])[Root, Path.Combine(Root, Trash)]).SelectMany(Described).Where(folder =>
            long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private string ExperimentFolder(string experiment) =>
        Experiments().First(folder => Path.GetFileName(folder) == experiment);

    private string? RunFolder(string run) => _runs.GetValueOrDefault(run)
        ?? Experiments().Select(experiment => Below(experiment, run))
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, MlflowMeta.FileName)));

    /// <summary>The folders in a folder that say what they are, by name; links lead out of the store.</summary>
    private static IEnumerable<string> Described(string folder) => !Directory.Exists(folder)
        ? []
        : new DirectoryInfo(folder).EnumerateDirectories()
            .Where(each => each.LinkTarget is null && File.Exists(Path.Combine(each.FullName, MlflowMeta.FileName)))
            .Select(each => each.FullName).Order(StringComparer.Ordinal);

    private MlflowMeta? MetaOf(string folder) => Told(() => MlflowMeta.Read(folder));

    /// <summary>Reads something; what cannot be read is told at the end, and the others go on.</summary>
    private T? Told<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (broken is MlflowException or IOException or UnauthorizedAccessException)
        {
            if (_unread.Count < MostUnread && !_unread.Contains(broken.Message))
                _unread.Add(broken.Message);
            return null;
        }
    }

    /// <summary>
    /// The folder behind an address: where it says, or below this one where its end is found here; null where it is
    /// nowhere. Behind the proxy, a run that left no files has no folder.
    /// </summary>
    private string? FolderOf(string address)
    {
        if (_folders.Of(address) is not { } stated)
            return null;
        var parts = stated.Split(Path.DirectorySeparatorChar, '/');
        for (var i = 0; i < parts.Length && !Directory.Exists(stated); i++)
        {
            if (Path.Combine([Root, .. parts[i..]]) is var here && Directory.Exists(here)
                && !Path.IsPathRooted(parts[i]) && parts[i].Length > 0)
            {
                return here;
            }
        }

        return Directory.Exists(stated) || address.StartsWith(Proxy, StringComparison.Ordinal) ? stated : null;
    }

    private static string Below(string folder, string name) =>
        name.Length > 0 && name is not ("." or "..") && Path.GetFileName(name) == name
            ? Path.Combine(folder, name)
            : throw new MlflowException(
                HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", $"'{name}' is no name of a folder");

    private static async IAsyncEnumerable<JsonObject> Each(
        IEnumerable<JsonObject?> items, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            if (item is not null)
                yield return item;
        }

        await Task.CompletedTask;
    }
}
