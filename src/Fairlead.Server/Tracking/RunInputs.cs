using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Storage;

namespace Fairlead.Server.Tracking;

/// <summary>What runs read and made: datasets and logged models.</summary>
internal sealed class RunInputs(ITrackingGate gate)
{
    /// <summary>The tag in which clients before 3.0 keep the models that a run logged.</summary>
    public const string ModelsTag = "mlflow.log-model.history";

    private const string PutDataset = """
        INSERT INTO run_datasets (experiment, name, digest, source_type, source, schema, profile)
        VALUES (@experiment, @name, @digest, @source_type, @source, @schema, @profile)
        ON CONFLICT (experiment, name, digest) DO NOTHING
        """;

    private const string PutInput = """
        INSERT INTO run_inputs (run, dataset, tags)
        SELECT @run, id, @tags FROM run_datasets WHERE experiment = @experiment AND name = @name AND digest = @digest
        ON CONFLICT (run, dataset) DO NOTHING
        """;

    private const string PutModel = """
        INSERT INTO run_models (run, model, output, step) VALUES (@run, @model, @output, @step)
        ON CONFLICT (run, output, model) DO NOTHING
        """;

    /// <summary>Says that a run read datasets and models.</summary>
    public Task LogAsync(
        string run, IReadOnlyList<RunDataset> datasets, IReadOnlyList<string> models, CancellationToken cancellation) =>
        gate.WriteAsync(async (transaction, deadline) =>
        {
            var (number, experiment) = await RunLogging.ActiveAsync(transaction, run, deadline);
            foreach (var dataset in datasets.OrderBy(each => each.Name, StringComparer.Ordinal)
                .ThenBy(each => each.Digest, StringComparer.Ordinal))
            {
                await transaction.ExecuteAsync(PutDataset, deadline,
                    ("@experiment", experiment), ("@name", dataset.Name), ("@digest", dataset.Digest),
                    ("@source_type", dataset.SourceType), ("@source", dataset.Source), ("@schema", dataset.Schema),
                    ("@profile", dataset.Profile));
                await transaction.ExecuteAsync(PutInput, deadline,
                    ("@run", number), ("@tags", StoredJson.Write(dataset.Tags)), ("@experiment", experiment),
                    ("@name", dataset.Name), ("@digest", dataset.Digest));
            }

            await PutModelsAsync(transaction, number, models.Select(model => (model, 0L)), 0, deadline);
            return true;
        }, cancellation);

    /// <summary>Says that a run made models.</summary>
    public Task LogOutputsAsync(
        string run, IReadOnlyList<(string Model, long Step)> models, CancellationToken cancellation) =>
        gate.WriteAsync(async (transaction, deadline) =>
        {
            var (number, _) = await RunLogging.ActiveAsync(transaction, run, deadline);
            await PutModelsAsync(transaction, number, models, 1, deadline);
            return true;
        }, cancellation);

    /// <summary>Adds a model's description to the tag that older clients keep them in.</summary>
    public Task LogModelAsync(string run, string model, CancellationToken cancellation) =>
        gate.WriteAsync(async (transaction, deadline) =>
        {
            var (number, _) = await RunLogging.ActiveAsync(transaction, run, deadline);
            var present = await transaction.QueryAsync(
                "SELECT value FROM run_tags WHERE run = @run AND key = @key" + transaction.ForUpdate,
                row => row.GetString(0), deadline, ("@run", number), ("@key", ModelsTag));
            var history = present is [{ Length: > 2 } list] ? $"{list[..^1]}, {model}]" : $"[{model}]";
            if (history.Length > TrackingRules.MaxRegistryTagValue)
            {
                throw new RefusalException(RunRefusals.Invalid("model_json",
                    $"The run's models are more than {TrackingRules.MaxRegistryTagValue} characters to describe."));
            }

            await RunLogging.PutTagsAsync(transaction, number, [new LoggedPair(ModelsTag, history)], deadline);
            return true;
        }, cancellation);

    private static async Task PutModelsAsync(
        TrackingTransaction transaction, long run, IEnumerable<(string Model, long Step)> models, int output,
        CancellationToken deadline)
    {
        foreach (var (model, step) in models.OrderBy(each => each.Model, StringComparer.Ordinal))
        {
            await LoggedModelWrites.ExistsAsync(transaction, model, deadline);
            await transaction.ExecuteAsync(PutModel, deadline,
                ("@run", run), ("@model", model), ("@output", output), ("@step", step));
        }
    }
}
