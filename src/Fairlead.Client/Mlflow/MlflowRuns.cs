using System.Text.Json.Nodes;
using static Fairlead.Client.Mlflow.MlflowImportState;

namespace Fairlead.Client.Mlflow;

/// <summary>The runs of an import.</summary>
internal sealed class MlflowRuns(MlflowImportState state)
{
    private const string NameTag = "mlflow.runName";
    private const int BatchOfPoints = 1000, BatchOfPairs = 100, BatchCharacters = 500_000;

    /// <summary>Brings a run over, or up to date, and leaves it deleted where it is.</summary>
    public async Task ImportAsync(JsonObject run, string experiment, CancellationToken cancellation)
    {
        var info = run["info"]!;
        var id = (string)(info["run_id"] ?? info["run_uuid"])!;
        var made = await state.To.PostAsync("runs/create", new JsonObject
        {
            ["experiment_id"] = experiment,
            ["user_id"] = (string?)info["user_id"] ?? "",
            ["run_name"] = (string?)info["run_name"] ?? "",
            ["start_time"] = Number(info["start_time"]),
            ["tags"] = new JsonArray(Tag(FromTag, state.Mark(id))),
        }, cancellation, state.Key(id));
        var target = (string)made["run"]!["info"]!["run_id"]!;
        var address = (string)made["run"]!["info"]!["artifact_uri"]!;
        state.Runs[id] = (target, address);
        foreach (var output in run["outputs"]?["model_outputs"]?.AsArray() ?? [])
        {
            if (Number(output!["step"]) is not 0 and var step)
                state.Steps[(id, (string)output["model_id"]!)] = step;
        }

        // What is over does not change any more; a run that goes on is brought up to date each time.
        var (status, end) = ((string?)info["status"] ?? "RUNNING", Number(info["end_time"]));
        var deleted = IsDeleted(info);
        var mark = deleted ? $"{status} {end} deleted" : $"{status} {end}";
        if ((end > 0 || deleted) && Find(made["run"]!["data"]?["tags"], DoneTag) == mark)
        {
            state.Result.RunsKnown++;
            return;
        }

        if (IsDeleted(made["run"]!["info"]))
            await state.To.PostAsync("runs/restore", new JsonObject { ["run_id"] = target }, cancellation);
        await ContentAsync(run, id, target, address, cancellation);
        var update = new JsonObject { ["run_id"] = target, ["status"] = status };
        if (end > 0)
            update["end_time"] = end;
        await state.To.PostAsync("runs/update", update, cancellation);
        await BatchAsync(target, "tags", new JsonArray(Tag(DoneTag, mark)), cancellation);
        if (deleted)
            await state.To.PostAsync("runs/delete", new JsonObject { ["run_id"] = target }, cancellation);
        state.Result.Runs++;
    }

    internal static bool IsDeleted(JsonNode? info) => (string?)info?["lifecycle_stage"] == "deleted";

    private async Task ContentAsync(
        JsonObject run, string id, string target, string address, CancellationToken cancellation)
    {
        await PointsAsync(run, id, target, cancellation);
        foreach (var some in Chunks(run["data"]?["params"]))
            await BatchAsync(target, "params", some, cancellation);
        foreach (var some in Chunks(Tags(run["data"]?["tags"], tag => tag != NameTag)))
            await BatchAsync(target, "tags", some, cancellation);
        if (run["inputs"]?["dataset_inputs"] is JsonArray { Count: > 0 } inputs)
        {
            await state.To.PostAsync("runs/log-inputs", new JsonObject
            {
                ["run_id"] = target,
                ["datasets"] = inputs.DeepClone(),
            }, cancellation);
        }

        var there = (string?)run["info"]!["artifact_uri"] ?? "";
        if (there.Length > 0 && !state.From.Holds(there) && state.From is not MlflowServerSource)
        {
            state.Leave($"the files of run {id}: they are at '{there}', which is not at hand");
            return;
        }

        var present = (await state.To.FilesAsync(target, cancellation))
            .ToDictionary(file => file.Path, file => file.Size);
        await state.CopyAsync(await state.From.FilesAsync(run, cancellation),
            path => state.From.OpenAsync(run, path, cancellation), address, present, cancellation);
    }

    private async Task PointsAsync(JsonObject run, string id, string target, CancellationToken cancellation)
    {
        foreach (var metric in run["data"]?["metrics"]?.AsArray() ?? [])
        {
            var name = (string)metric!["key"]!;
            var batch = new JsonArray();
            await foreach (var point in state.From.HistoryAsync(id, name, cancellation))
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
                state.Result.Points += batch.Count;
                batch = [];
            }

            if (batch.Count > 0)
                await BatchAsync(target, "metrics", batch, cancellation);
            state.Result.Points += batch.Count;
        }
    }

    private Task<JsonObject> BatchAsync(string run, string what, JsonArray items, CancellationToken cancellation) =>
        state.To.PostAsync("runs/log-batch", new JsonObject { ["run_id"] = run, [what] = items }, cancellation);

    /// <summary>As many as a request may have, in number and in length.</summary>
    private static IEnumerable<JsonArray> Chunks(JsonNode? items)
    {
        var (some, length) = (new JsonArray(), 0);
        foreach (var each in items?.AsArray() ?? [])
        {
            var own = each?.ToJsonString().Length ?? 0;
            if (some.Count == BatchOfPairs || (some.Count > 0 && length + own > BatchCharacters))
            {
                yield return some;
                (some, length) = ([], 0);
            }

            some.Add(each?.DeepClone());
            length += own;
        }

        if (some.Count > 0)
            yield return some;
    }
}
