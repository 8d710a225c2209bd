using System.Globalization;
using System.Text.Json;
using Fairlead.Core.Tracking;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>
/// Answers of the protocol: 64-bit numbers as numbers, what is no number as a text, nothing for what is unset or empty.
/// </summary>
internal static class MlflowJson
{
    public static void Experiment(this Utf8JsonWriter json, ExperimentRow row)
    {
        json.WriteStartObject();
        json.WriteString("experiment_id", row.Number.ToString(CultureInfo.InvariantCulture));
        json.WriteString("name", row.Name);
        json.WriteString("artifact_location", row.ArtifactLocation);
        json.WriteString("lifecycle_stage", row.DeletedAt is null ? "active" : "deleted");
        json.WriteNumber("last_update_time", row.ChangedAt / 1000);
        json.WriteNumber("creation_time", row.CreatedAt / 1000);
        json.Tags("tags", StoredJson.Read<SortedDictionary<string, string>>(row.Tags));
        json.WriteEndObject();
    }

    public static void RunInfo(this Utf8JsonWriter json, StoredRun run)
    {
        json.WriteStartObject();
        json.WriteString("run_id", run.Id);
        json.WriteString("run_uuid", run.Id);
        json.WriteString("run_name", run.Name);
        json.WriteString("experiment_id", run.Experiment.ToString(CultureInfo.InvariantCulture));
        json.WriteString("user_id", run.UserId);
        json.WriteString("status", RunStatuses.NameOf(run.Status));
        json.WriteNumber("start_time", run.StartTime);
        if (run.EndTime is { } end)
            json.WriteNumber("end_time", end);
        json.WriteString("artifact_uri", run.ArtifactUri);
        json.WriteString("lifecycle_stage", run.IsDeleted ? "deleted" : "active");
        json.WriteEndObject();
    }

    public static void Run(this Utf8JsonWriter json, StoredRun run, RunData data)
    {
        json.WriteStartObject();
        json.WritePropertyName("info");
        json.RunInfo(run);
        json.WriteStartObject("data");
        json.Many("metrics", data.Metrics, json.Point);
        json.Many("params", data.Parameters, json.Pair);
        json.Many("tags", data.Tags, json.Pair);
        json.WriteEndObject();
        json.WriteStartObject("inputs");
        json.Many("dataset_inputs", data.Datasets, json.Dataset);
        json.Many("model_inputs", data.ModelsIn, model =>
        {
            json.WriteStartObject();
            json.WriteString("model_id", model);
            json.WriteEndObject();
        });
        json.WriteEndObject();
        json.WriteStartObject("outputs");
        json.Many("model_outputs", data.ModelsOut, model =>
        {
            json.WriteStartObject();
            json.WriteString("model_id", model.Model);
            json.WriteNumber("step", model.Step);
            json.WriteEndObject();
        });
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void Point(this Utf8JsonWriter json, StoredPoint point)
    {
        json.WriteStartObject();
        json.PointFields(point);
        json.WriteEndObject();
    }

    public static void PointFields(this Utf8JsonWriter json, StoredPoint point)
    {
        json.WriteString("key", point.Key);
        json.Real("value", point.Value);
        json.WriteNumber("timestamp", point.Timestamp);
        json.WriteNumber("step", point.Step);
    }

    public static void Pair(this Utf8JsonWriter json, LoggedPair pair)
    {
        json.WriteStartObject();
        json.WriteString("key", pair.Key);
        json.WriteString("value", pair.Value);
        json.WriteEndObject();
    }

    /// <summary>A number; what JSON has no number for is a text.</summary>
    public static void Real(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }

    public static void Tags(this Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> tags) =>
        json.Many(name, tags.Select(tag => new LoggedPair(tag.Key, tag.Value)).ToList(), json.Pair);

    /// <summary>A list; nothing at all when it is empty.</summary>
    public static void Many<T>(this Utf8JsonWriter json, string name, IReadOnlyCollection<T> items, Action<T> write)
    {
        if (items.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var item in items)
            write(item);
        json.WriteEndArray();
    }

    /// <summary>A text; nothing at all when it is null or empty.</summary>
    public static void Optional(this Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }

    private static void Dataset(this Utf8JsonWriter json, RunDataset dataset)
    {
        json.WriteStartObject();
        json.Tags("tags", dataset.Tags);
        json.WriteStartObject("dataset");
        json.WriteString("name", dataset.Name);
        json.WriteString("digest", dataset.Digest);
        json.WriteString("source_type", dataset.SourceType);
        json.WriteString("source", dataset.Source);
        json.Optional("schema", dataset.Schema);
        json.Optional("profile", dataset.Profile);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
