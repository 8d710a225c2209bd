using System.Text.Json.Nodes;
using static Fairlead.Client.Mlflow.MlflowImportState;

namespace Fairlead.Client.Mlflow;

/// <summary>The logged and the registered models of an import.</summary>
internal sealed class MlflowModels(MlflowImportState state)
{
    private const string LoggedScheme = "models:/";
    private const int PageSize = 100;
    private const int LongestSource = 500;

    /// <summary>Brings the logged models of an experiment over, whether anybody registered them or not.</summary>
    public async Task LoggedAsync(string experiment, string target, CancellationToken cancellation)
    {
        Dictionary<string, JsonObject>? known = null;
        await foreach (var model in state.From.LoggedModelsAsync(experiment, cancellation))
        {
            known ??= await KnownAsync(target, cancellation);
            var id = (string)model["info"]!["model_id"]!;
            await state.GuardedAsync(
                $"logged model {id}", () => LoggedAsync(model, id, target, known, cancellation));
        }
    }

    /// <summary>Brings a registered model over with its versions and aliases.</summary>
    public async Task RegisteredAsync(JsonObject model, CancellationToken cancellation)
    {
        var name = (string)model["name"]!;
        try
        {
            await state.To.PostAsync("registered-models/create", new JsonObject
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
        await foreach (var version in new MlflowServerSource(state.To).VersionsAsync(name, cancellation))
        {
            if (Find(version["tags"], FromTag) is { } mark)
                numbers[mark] = (string)version["version"]!;
        }

        var versions = new List<JsonObject>();
        await foreach (var version in state.From.VersionsAsync(name, cancellation))
            versions.Add(version);
        foreach (var version in versions.OrderBy(each => Number(each["version"])))
        {
            var thing = $"{name}/{(string)version["version"]!}";
            var mark = state.Mark(thing);
            if (!numbers.ContainsKey(mark))
            {
                await state.GuardedAsync($"version {thing}",
                    async () => numbers[mark] = await VersionAsync(version, name, mark, cancellation));
            }
        }

        foreach (var alias in model["aliases"]?.AsArray() ?? [])
        {
            if (!numbers.TryGetValue(state.Mark($"{name}/{(string)alias!["version"]!}"), out var number))
                continue;
            var move = new JsonObject
            {
                ["name"] = name,
                ["alias"] = (string)alias["alias"]!,
                ["version"] = number,
            };
            await state.GuardedAsync($"alias {name}@{(string)alias["alias"]!}",
                () => state.To.PostAsync("registered-models/alias", move, cancellation));
        }
    }

    private async Task<Dictionary<string, JsonObject>> KnownAsync(string experiment, CancellationToken cancellation)
    {
        var known = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        await foreach (var model in new MlflowServerSource(state.To).LoggedModelsAsync(experiment, cancellation))
        {
            if (Find(model["info"]!["tags"], FromTag) is { } mark)
                known[mark] = model;
        }

        return known;
    }

    private async Task LoggedAsync(
        JsonObject model, string id, string experiment, Dictionary<string, JsonObject> known,
        CancellationToken cancellation)
    {
        var (info, mark) = (model["info"]!, state.Mark(id));
        var status = (string?)info["status"] ?? "LOGGED_MODEL_READY";
        if (!known.TryGetValue(mark, out var here))
        {
            var tags = Tags(info["tags"], tag => tag != "mlflow.modelVersions");
            tags.Add(Tag(FromTag, mark));
            var body = new JsonObject
            {
                ["experiment_id"] = experiment,
                ["name"] = (string?)info["name"] ?? "",
                ["model_type"] = (string?)info["model_type"] ?? "",
                ["tags"] = tags,
                ["params"] = model["data"]?["params"]?.DeepClone() ?? new JsonArray(),
            };
            if (RunOf(info) is { } source)
                body["source_run_id"] = source;
            here = (JsonObject)(await state.To.PostAsync("logged-models", body, cancellation))["model"]!;
        }

        var target = (string)here["info"]!["model_id"]!;
        state.LoggedModels[id] = target;
        if ((string?)here["info"]!["status"] != "LOGGED_MODEL_PENDING")
            return;

        await FilesAsync(info, id, (string)here["info"]!["artifact_uri"]!, cancellation);
        if (RunOf(info) is { } run)
        {
            var step = state.Steps.GetValueOrDefault(((string)info["source_run_id"]!, id));
            await OfRunAsync(model, run, target, step, cancellation);
        }

        if (status == "LOGGED_MODEL_PENDING")
            return;
        await state.To.PatchAsync($"logged-models/{target}", new JsonObject
        {
            ["model_id"] = target,
            ["status"] = status,
        }, cancellation);
        state.Result.LoggedModels++;
    }

    private async Task FilesAsync(JsonNode info, string id, string target, CancellationToken cancellation)
    {
        var address = (string?)info["artifact_uri"] ?? "";
        if (!state.From.Holds(address))
        {
            state.Leave($"the files of logged model {id}: they are at '{address}', which is not at hand");
            return;
        }

        var present = (await state.To.FilesBelowAsync(target, cancellation))
            .ToDictionary(file => file.Path, file => file.Size);
        await state.CopyAsync(await state.From.FilesBelowAsync(address, cancellation),
            path => state.From.OpenBelowAsync(address, path, cancellation), target, present, cancellation);
    }

    /// <summary>That the run made it, and what was measured of it. A deleted run takes nothing more.</summary>
    private async Task OfRunAsync(
        JsonObject model, string run, string target, long step, CancellationToken cancellation)
    {
        try
        {
            await state.To.PostAsync("runs/outputs", new JsonObject
            {
                ["run_id"] = run,
                ["models"] = new JsonArray(new JsonObject { ["model_id"] = target, ["step"] = step }),
            }, cancellation);
            foreach (var some in (model["data"]?["metrics"]?.AsArray() ?? []).Chunk(PageSize))
            {
                await state.To.PostAsync("runs/log-batch", new JsonObject
                {
                    ["run_id"] = run,
                    ["metrics"] = new JsonArray([.. some.Select(point => PointOf(point!, target))]),
                }, cancellation);
            }
        }
        catch (MlflowException refused) when (refused.Code == "INVALID_PARAMETER_VALUE")
        {
            state.Leave($"the figures of logged model {target}: {refused.Message}");
        }
    }

    private static JsonObject PointOf(JsonNode point, string model)
    {
        var made = (JsonObject)point.DeepClone();
        made.Remove("run_id");
        made["model_id"] = model;
        made["timestamp"] = Number(point["timestamp"]);
        made["step"] = Number(point["step"]);
        return made;
    }

    private string? RunOf(JsonNode info) =>
        (string?)info["source_run_id"] is { Length: > 0 } run && state.Runs.TryGetValue(run, out var known)
            ? known.Id
            : null;

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
            ["description"] = (string?)version["description"] ?? "",
            ["tags"] = tags,
        };
        if (LoggedModelOf(version) is { } logged)
            (body["source"], body["model_id"]) = (LoggedScheme + logged, logged);
        else
            body["source"] = await SourceAsync(version, name, number, cancellation);
        if ((string?)version["run_id"] is { Length: > 0 } run && state.Runs.TryGetValue(run, out var known))
            body["run_id"] = known.Id;
        var made = await state.To.PostAsync("model-versions/create", body, cancellation);
        var target = (string)made["model_version"]!["version"]!;
        state.Result.Versions++;
        if ((string?)version["current_stage"] is { Length: > 0 } stage && stage != "None")
        {
            await state.To.PostAsync("model-versions/transition-stage", new JsonObject
            {
                ["name"] = name,
                ["version"] = target,
                ["stage"] = stage,
                ["archive_existing_versions"] = false,
            }, cancellation);
        }

        return target;
    }

    /// <summary>The logged model here that a version is of; its files are not copied a second time.</summary>
    private string? LoggedModelOf(JsonObject version) =>
        (string?)version["source"] is { } source && source.StartsWith(LoggedScheme, StringComparison.Ordinal)
            ? state.LoggedModels.GetValueOrDefault(source[LoggedScheme.Length..])
            : null;

    /// <summary>
    /// An address as a version may name it. A path of the other machine would be taken for one of this server's own,
    /// and is refused as such.
    /// </summary>
    private static string Elsewhere(string address)
    {
        var isRemote = address.Contains("://", StringComparison.Ordinal) && !address.StartsWith("file:",
            StringComparison.OrdinalIgnoreCase) && !address.Contains("..", StringComparison.Ordinal);
        var told = isRemote ? address : $"elsewhere:{address.Replace("..", "…", StringComparison.Ordinal)}";
        return told.Length <= LongestSource ? told : told[..LongestSource];
    }

    /// <summary>Copies the files of a version; where they are from then on.</summary>
    private async Task<string> SourceAsync(
        JsonObject version, string name, string number, CancellationToken cancellation)
    {
        var address = await state.From.AddressOfAsync(version, cancellation);
        if (!state.From.Holds(address))
        {
            state.Leave($"the files of {name}/{number}: they are at '{address}', which is not at hand");
            return Elsewhere(address);
        }

        var target = $"mlflow-artifacts:/0/imported/{state.Folder(name)}/{number}";
        await state.CopyAsync(await state.From.FilesBelowAsync(address, cancellation),
            path => state.From.OpenBelowAsync(address, path, cancellation), target,
            new Dictionary<string, long?>(), cancellation);
        return target;
    }
}
