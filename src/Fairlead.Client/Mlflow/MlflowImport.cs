using System.Text.Json.Nodes;
using static Fairlead.Client.Mlflow.MlflowImportState;

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

    /// <summary>Logged models that were brought over.</summary>
    public int LoggedModels { get; set; }

    /// <summary>What was not brought over, and why; at most 100 sentences.</summary>
    public IReadOnlyList<string> Left { get; set; } = [];
}

/// <summary>
/// Brings what an MLflow server holds, or held, to another one: experiments, runs with every point, parameters, tags,
/// datasets and files, logged models, registered models with versions, aliases and stages; what is deleted there is
/// deleted here. It may be broken off and repeated at any time: a run is known by a key made from where it came from,
/// and what is there already is not sent again.
/// </summary>
/// <param name="from">What has it.</param>
/// <param name="to">The server that gets it.</param>
/// <param name="origin">The name of the first one, the same at every repetition.</param>
/// <param name="told">Told of progress, in a sentence.</param>
public sealed class MlflowImport(IMlflowSource from, MlflowSite to, string origin, Action<string>? told = null)
{
    private readonly MlflowImportState _state = new(from, to, origin);

    /// <summary>Brings everything over.</summary>
    /// <param name="experiments">Only these, by name; empty: all. Versions of runs of others come without their run.
    /// </param>
    /// <param name="cancellation">Breaks it off.</param>
    public async Task<MlflowImportResult> RunAsync(
        IReadOnlyCollection<string> experiments, CancellationToken cancellation)
    {
        var models = new MlflowModels(_state);
        await foreach (var experiment in from.ExperimentsAsync(cancellation))
        {
            var name = (string)experiment["name"]!;
            if (experiments.Count > 0 && !experiments.Contains(name))
                continue;
            _state.Result.Experiments++;
            await _state.GuardedAsync(
                $"experiment '{name}'", () => ExperimentAsync(experiment, name, models, cancellation));
        }

        await foreach (var model in from.ModelsAsync(cancellation))
        {
            _state.Result.Models++;
            await _state.GuardedAsync(
                $"model '{(string?)model["name"]}'", () => models.RegisteredAsync(model, cancellation));
        }

        return _state.Result with { Left = _state.Left };
    }

    private async Task ExperimentAsync(
        JsonObject experiment, string name, MlflowModels models, CancellationToken cancellation)
    {
        var (id, target) = ((string)experiment["experiment_id"]!, await TargetAsync(experiment, name, cancellation));
        var deleted = MlflowRuns.IsDeleted(experiment);
        var here = (string)target["experiment_id"]!;
        if (MlflowRuns.IsDeleted(target))
        {
            // What came over as deleted is here whole; what lives on there was deleted here by somebody who meant it.
            if (!deleted)
                _state.Leave($"experiment '{name}': it is deleted here; restore it to go on");
            if (!deleted || Find(target["tags"], DoneTag) is not null)
                return;
            await to.PostAsync("experiments/restore", Of(here), cancellation);
        }

        told?.Invoke($"experiment '{name}'");
        var runs = new MlflowRuns(_state);
        await foreach (var run in from.RunsAsync(id, cancellation))
        {
            await _state.GuardedAsync(
                $"run {(string?)run["info"]?["run_id"]}", () => runs.ImportAsync(run, here, cancellation));
        }

        await models.LoggedAsync(id, here, cancellation);
        if (!deleted)
            return;
        var done = Of(here);
        (done["key"], done["value"]) = (DoneTag, "deleted");
        await to.PostAsync("experiments/set-experiment-tag", done, cancellation);
        await to.PostAsync("experiments/delete", Of(here), cancellation);
    }

    /// <summary>The experiment of that name here.</summary>
    private async Task<JsonObject> TargetAsync(JsonObject experiment, string name, CancellationToken cancellation)
    {
        try
        {
            var known = await to.GetAsync("experiments/get-by-name", cancellation, ("experiment_name", name));
            return (JsonObject)known["experiment"]!;
        }
        catch (MlflowException none) when (none.Code == "RESOURCE_DOES_NOT_EXIST")
        {
            return await to.PostAsync("experiments/create", new JsonObject
            {
                ["name"] = name,
                ["tags"] = Tags(experiment["tags"], _ => true),
            }, cancellation);
        }
    }

    private static JsonObject Of(string experiment) => new() { ["experiment_id"] = experiment };
}
