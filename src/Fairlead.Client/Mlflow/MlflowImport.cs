using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Client.Mlflow;

/// <summary>What an import brought over.</summary>
public sealed record MlflowImportResult
{
    /// <summary>Experiments that were looked through.</summary>
    public int Experiments { get; set; }

    /// <summary>Runs that were brought over, or brought up to date.</summary>
    public int Runs { get; set; }

    /// <summary>Runs that were here already, whole.</summary>
    public int RunsKnown { get; set; }

    /// <summary>Points of metrics that were sent.</summary>
    public long Points { get; set; }

    /// <summary>Files that were sent.</summary>
    public int Files { get; set; }

    /// <summary>Registered models that were looked through.</summary>
    public int Models { get; set; }

    /// <summary>Versions that were brought over.</summary>
    public int Versions { get; set; }

    /// <summary>What was not brought over, and why; at most 100 sentences.</summary>
    public IReadOnlyList<string> Left { get; set; } = [];
}

/// <summary>
/// Brings what an MLflow server holds to another one: experiments, runs with every point, parameters, tags, datasets
/// and files, registered models with versions, aliases and stages. It may be broken off and repeated at any time: a run
/// is known by a key made from where it came from, and what is there already is not sent again.
/// </summary>
/// <param name="from">The server that has it.</param>
/// <param name="to">The server that gets it.</param>
/// <param name="origin">The name of the first one, the same at every repetition.</param>
/// <param name="told">Told of progress, in a sentence.</param>
public sealed class MlflowImport(MlflowSite from, MlflowSite to, string origin, Action<string>? told = null)
{
    private const string DoneTag = "fairlead.import.done";
    private const string FromTag = "fairlead.import.from";
    private const string NameTag = "mlflow.runName";
    private const int MostLeft = 100;
    private const int PageSize = 1000, HistoryPage = 25_000, BatchOfPoints = 1000, BatchOfPairs = 100;

    private readonly MlflowImportResult _result = new();
    private readonly List<string> _left = [];
    private readonly Dictionary<string, (string Id, string Address)> _runs = [];

    /// <summary>Brings everything over.</summary>
    /// <param name="experiments">Only these, by name; empty: all. Versions of runs of others come without their run.
    /// </param>
    public async Task<MlflowImportResult> RunAsync(
        IReadOnlyCollection<string> experiments, CancellationToken cancellation)
    {
        var found = MlflowSite.PagesAsync("experiments", token => from.PostAsync("experiments/search",
            Paged(token, ("view_type", "ACTIVE_ONLY")), cancellation));
        await foreach (var experiment in found)
        {
            var name = (string)experiment["name"]!;
            if (experiments.Count > 0 && !experiments.Contains(name))
                continue;
            _result.Experiments++;
            await ExperimentAsync(experiment, name, cancellation);
        }

        var models = MlflowSite.PagesAsync("registered_models", token => from.GetAsync("registered-models/search",
            cancellation, ("max_results", $"{PageSize}"), ("page_token", token)));
        await foreach (var model in models)
        {
            _result.Models++;
            await GuardedAsync($"model '{(string?)model["name"]}'", () => ModelAsync(model, cancellation));
        }

        return _result with { Left = _left };
    }

    private async Task ExperimentAsync(JsonObject experiment, string name, CancellationToken cancellation)
    {
        var target = await ExperimentOfAsync(experiment, name, cancellation);
        told?.Invoke($"experiment '{name}'");
        var runs = MlflowSite.PagesAsync("runs", token =>
        {
            var body = Paged(token, ("run_view_type", "ACTIVE_ONLY"));
            body["experiment_ids"] = new JsonArray((string)experiment["experiment_id"]!);
            body["order_by"] = new JsonArray("attributes.start_time ASC");
            return from.PostAsync("runs/search", body, cancellation);
        });
        await foreach (var run in runs)
        {
            await GuardedAsync($"run {(string?)run["info"]?["run_id"]}", () => RunAsync(run, target, cancellation));
        }
    }

    private async Task<string> ExperimentOfAsync(JsonObject experiment, string name, CancellationToken cancellation)
    {
        try
        {
            var known = await to.GetAsync("experiments/get-by-name", cancellation, ("experiment_name", name));
            return (string)known["experiment"]!["experiment_id"]!;
        }
        catch (MlflowException none) when (none.Code == "RESOURCE_DOES_NOT_EXIST")
        {
            var made = await to.PostAsync("experiments/create", new JsonObject
            {
                ["name"] = name,
                ["tags"] = Tags(experiment["tags"], _ => true),
            }, cancellation);
            return (string)made["experiment_id"]!;
        }
    }

    private async Task RunAsync(JsonObject run, string experiment, CancellationToken cancellation)
    {
        var info = run["info"]!;
        var id = (string)(info["run_id"] ?? info["run_uuid"])!;
        var tags = Tags(run["data"]?["tags"], tag => tag != NameTag);
        var made = await to.PostAsync("runs/create", new JsonObject
        {
            ["experiment_id"] = experiment,
            ["user_id"] = (string?)info["user_id"] ?? "",
            ["run_name"] = (string?)info["run_name"] ?? "",
            ["start_time"] = Number(info["start_time"]),
            ["tags"] = new JsonArray(Tag(FromTag, $"{origin} {id}")),
        }, cancellation, Key(id));
        var target = (string)made["run"]!["info"]!["run_id"]!;
        var address = (string)made["run"]!["info"]!["artifact_uri"]!;
        _runs[id] = (target, address);

        // What is over does not change any more; a run that goes on is brought up to date each time.
        var (status, end) = ((string?)info["status"] ?? "RUNNING", Number(info["end_time"]));
        var mark = $"{status} {end}";
        if (end > 0 && Tags(made["run"]!["data"]?["tags"], _ => true)
            .Any(tag => (string?)tag!["key"] == DoneTag && (string?)tag["value"] == mark))
        {
            _result.RunsKnown++;
            return;
        }

        await PointsAsync(run, id, target, cancellation);
        foreach (var some in Chunks(run["data"]?["params"], BatchOfPairs))
            await BatchAsync(target, "params", some, cancellation);
        foreach (var some in Chunks(tags, BatchOfPairs))
            await BatchAsync(target, "tags", some, cancellation);
        if (run["inputs"]?["dataset_inputs"] is JsonArray { Count: > 0 } inputs)
        {
            await to.PostAsync("runs/log-inputs", new JsonObject
            {
                ["run_id"] = target,
                ["datasets"] = inputs.DeepClone(),
            }, cancellation);
        }

        await FilesAsync(id, target, address, cancellation);
        var update = new JsonObject { ["run_id"] = target, ["status"] = status };
        if (end > 0)
            update["end_time"] = end;
        await to.PostAsync("runs/update", update, cancellation);
        await BatchAsync(target, "tags", new JsonArray(Tag(DoneTag, mark)), cancellation);
        _result.Runs++;
    }

    private async Task PointsAsync(JsonObject run, string id, string target, CancellationToken cancellation)
    {
        foreach (var metric in run["data"]?["metrics"]?.AsArray() ?? [])
        {
            var name = (string)metric!["key"]!;
            var history = MlflowSite.PagesAsync("metrics", token => from.GetAsync("metrics/get-history", cancellation,
                ("run_id", id), ("metric_key", name), ("max_results", $"{HistoryPage}"), ("page_token", token)));
            var batch = new JsonArray();
            await foreach (var point in history)
            {
                batch.Add(new JsonObject
                {
                    ["key"] = name,
                    ["value"] = point["value"]?.DeepClone() ?? 0.0,
                    ["timestamp"] = Number(point["timestamp"]),
                    ["step"] = Number(point["step"]),
                });
                if (batch.Count < BatchOfPoints)
                    continue;
                await BatchAsync(target, "metrics", batch, cancellation);
                _result.Points += batch.Count;
                batch = [];
            }

            if (batch.Count > 0)
                await BatchAsync(target, "metrics", batch, cancellation);
            _result.Points += batch.Count;
        }
    }

    private async Task FilesAsync(string id, string target, string address, CancellationToken cancellation)
    {
        var present = (await to.FilesAsync(target, cancellation)).ToDictionary(file => file.Path, file => file.Size);
        foreach (var file in await from.FilesAsync(id, cancellation))
        {
            if (file.Size is not null && present.GetValueOrDefault(file.Path) == file.Size)
                continue;
            using var answer = await from.OpenAsync(id, file.Path, cancellation);
            await using var content = await answer.Content.ReadAsStreamAsync(cancellation);
            await to.PutBelowAsync(address, file.Path, content, cancellation);
            _result.Files++;
        }
    }

    private async Task ModelAsync(JsonObject model, CancellationToken cancellation)
    {
        var name = (string)model["name"]!;
        try
        {
            await to.PostAsync("registered-models/create", new JsonObject
            {
                ["name"] = name,
                ["description"] = (string?)model["description"] ?? "",
                ["tags"] = Tags(model["tags"], _ => true),
            }, cancellation);
        }
        catch (MlflowException known) when (known.Code == "RESOURCE_ALREADY_EXISTS")
        {
            // It was brought over before, or is another one of that name: its versions are told apart by their tag.
        }

        var numbers = new Dictionary<string, string>();
        foreach (var version in await VersionsAsync(to, name, cancellation))
        {
            var mark = Tags(version["tags"], tag => tag == FromTag).FirstOrDefault();
            if (mark is not null)
                numbers[(string)mark["value"]!] = (string)version["version"]!;
        }

        var versions = await VersionsAsync(from, name, cancellation);
        foreach (var version in versions.OrderBy(each => Number(each["version"])))
        {
            var mark = $"{origin} {name}/{(string)version["version"]!}";
            if (!numbers.ContainsKey(mark))
                numbers[mark] = await VersionAsync(version, name, mark, cancellation);
        }

        foreach (var alias in model["aliases"]?.AsArray() ?? [])
        {
            if (!numbers.TryGetValue($"{origin} {name}/{(string)alias!["version"]!}", out var number))
                continue;
            await to.PostAsync("registered-models/alias", new JsonObject
            {
                ["name"] = name,
                ["alias"] = (string)alias["alias"]!,
                ["version"] = number,
            }, cancellation);
        }
    }

    /// <summary>Brings a version over with its files; its number here.</summary>
    private async Task<string> VersionAsync(
        JsonObject version, string name, string mark, CancellationToken cancellation)
    {
        var number = (string)version["version"]!;
        var tags = Tags(version["tags"], _ => true);
        tags.Add(Tag(FromTag, mark));
        var body = new JsonObject
        {
            ["name"] = name,
            ["source"] = await SourceAsync(version, name, number, cancellation),
            ["description"] = (string?)version["description"] ?? "",
            ["tags"] = tags,
        };
        if ((string?)version["run_id"] is { Length: > 0 } run && _runs.TryGetValue(run, out var known))
            body["run_id"] = known.Id;
        var made = await to.PostAsync("model-versions/create", body, cancellation);
        var target = (string)made["model_version"]!["version"]!;
        _result.Versions++;
        if ((string?)version["current_stage"] is { Length: > 0 } stage && stage != "None")
        {
            await to.PostAsync("model-versions/transition-stage", new JsonObject
            {
                ["name"] = name,
                ["version"] = target,
                ["stage"] = stage,
                ["archive_existing_versions"] = false,
            }, cancellation);
        }

        return target;
    }

    /// <summary>Copies the files of a version; where they are from then on.</summary>
    private async Task<string> SourceAsync(
        JsonObject version, string name, string number, CancellationToken cancellation)
    {
        var answer = await from.GetAsync("model-versions/get-download-uri", cancellation,
            ("name", name), ("version", number));
        var address = (string?)answer["artifact_uri"] ?? (string?)version["source"] ?? "";
        if (!MlflowSite.IsProxied(address))
        {
            _left.AddIfRoom(
                $"the files of {name}/{number}: they are at '{address}', which the server does not hand out", MostLeft);
            return address;
        }

        var target = $"mlflow-artifacts:/0/imported/{Hex($"{origin} {name}")[..16]}/{number}";
        foreach (var file in await from.FilesBelowAsync(address, cancellation))
        {
            using var content = await from.OpenBelowAsync(address, file.Path, cancellation);
            await using var bytes = await content.Content.ReadAsStreamAsync(cancellation);
            await to.PutBelowAsync(target, file.Path, bytes, cancellation);
            _result.Files++;
        }

        return target;
    }

    private static async Task<List<JsonObject>> VersionsAsync(
        MlflowSite site, string name, CancellationToken cancellation)
    {
        var quoted = name.Contains('\'', StringComparison.Ordinal) ? $"\"{name}\"" : $"'{name}'";
        var versions = new List<JsonObject>();
        var pages = MlflowSite.PagesAsync("model_versions", token => site.GetAsync("model-versions/search",
            cancellation, ("filter", $"name = {quoted}"), ("max_results", $"{PageSize}"), ("page_token", token)));
        await foreach (var version in pages)
            versions.Add(version);
        return versions;
    }

    /// <summary>Does one thing; what fails with it is told, and the others go on.</summary>
    private async Task GuardedAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (MlflowException failure)
        {
            _left.AddIfRoom($"{what}: {failure.Message}", MostLeft);
        }
    }

    private Task<JsonObject> BatchAsync(string run, string what, JsonArray items, CancellationToken cancellation) =>
        to.PostAsync("runs/log-batch", new JsonObject { ["run_id"] = run, [what] = items }, cancellation);

    private string Key(string run) => Hex($"import {origin} {run}");

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static JsonObject Paged(string? token, (string Name, string Value) also)
    {
        var body = new JsonObject { ["max_results"] = PageSize, [also.Name] = also.Value };
        if (token is not null)
            body["page_token"] = token;
        return body;
    }

    private static JsonObject Tag(string key, string value) => new() { ["key"] = key, ["value"] = value };

    private static JsonArray Tags(JsonNode? tags, Func<string, bool> wanted) => [.. (tags?.AsArray() ?? [])
        .Where(tag => wanted((string?)tag?["key"] ?? ""))
        .Select(tag => Tag((string?)tag!["key"] ?? "", (string?)tag["value"] ?? ""))];

    private static IEnumerable<JsonArray> Chunks(JsonNode? items, int size) => (items?.AsArray() ?? [])
        .Select(each => each?.DeepClone()).Chunk(size).Select(some => new JsonArray(some));

    /// <summary>Some servers write long numbers as texts.</summary>
    private static long Number(JsonNode? value) => value is null ? 0
        : value.GetValueKind() == System.Text.Json.JsonValueKind.String
            ? long.Parse((string)value!, CultureInfo.InvariantCulture)
            : (long)(double)value;
}

file static class Lists
{
    /// <summary>Adds to a list that has a bound.</summary>
    public static void AddIfRoom(this List<string> list, string item, int most)
    {
        if (list.Count < most)
            list.Add(item);
    }
}
