using System.Globalization;
using System.Text.Json;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Models;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>Registered and logged models in the protocol's form.</summary>
internal static class ModelJson
{
    public static void RegisteredModel(this Utf8JsonWriter json, RegisteredModelView model)
    {
        json.WriteStartObject();
        json.WriteString("name", model.Name);
        json.WriteNumber("creation_timestamp", model.CreatedAt / 1000);
        json.WriteNumber("last_updated_timestamp", model.ChangedAt / 1000);
        json.WriteString("description", model.Description);
        json.Many("latest_versions", model.Latest, json.ModelVersion);
        json.Tags("tags", StoredJson.Read<SortedDictionary<string, string>>(model.Tags));
        json.Many("aliases", model.Aliases, alias =>
        {
            json.WriteStartObject();
            json.WriteString("alias", alias.Alias);
            json.WriteString("version", Text(alias.Version));
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    public static void ModelVersion(this Utf8JsonWriter json, ModelVersionView version)
    {
        json.WriteStartObject();
        json.WriteString("name", version.Model);
        json.WriteString("version", Text(version.Number));
        json.WriteNumber("creation_timestamp", version.CreatedAt / 1000);
        json.WriteNumber("last_updated_timestamp", version.ChangedAt / 1000);
        json.WriteString("user_id", version.CreatedBy);
        json.WriteString("current_stage", ModelChanges.StageName(version.Stage));
        json.WriteString("description", version.Description);
        json.WriteString("source", version.Source);
        json.WriteString("run_id", version.Run);
        json.WriteString("status", "READY");
        json.Optional("status_message", version.Needs.Length == 0
            ? null
            : $"Stored, and not served here: it would need {version.Needs}.");
        json.Optional("run_link", version.RunLink);
        json.Optional("model_id", version.LoggedModel);
        json.Tags("tags", StoredJson.Read<SortedDictionary<string, string>>(version.Tags));
        json.Many("aliases", version.Aliases, json.WriteStringValue);
        json.WriteEndObject();
    }

    public static void LoggedModel(this Utf8JsonWriter json, LoggedModelView model)
    {
        json.WriteStartObject();
        json.WriteStartObject("info");
        json.WriteString("model_id", model.Id);
        json.WriteString("experiment_id", Text(model.Experiment));
        json.WriteString("name", model.Name);
        json.WriteNumber("creation_timestamp_ms", model.CreatedAt / 1000);
        json.WriteNumber("last_updated_timestamp_ms", model.ChangedAt / 1000);
        json.WriteString("artifact_uri", model.ArtifactUri);
        json.WriteString("status", model.Status);
        json.Optional("creator_id", model.Creator);
        json.Optional("model_type", model.ModelType);
        json.Optional("source_run_id", model.SourceRun);
        var tags = StoredJson.Read<SortedDictionary<string, string>>(model.Tags);
        if (model.Registrations.Count > 0)
        {
            tags["mlflow.modelVersions"] = JsonSerializer.Serialize(
                model.Registrations.Select(each => new { name = each.Name, version = each.Version }));
        }

        json.Tags("tags", tags);
        json.Many("registrations", model.Registrations, each =>
        {
            json.WriteStartObject();
            json.WriteString("name", each.Name);
            json.WriteString("version", Text(each.Version));
            json.WriteEndObject();
        });
        json.WriteEndObject();
        json.WriteStartObject("data");
        json.Tags("params", StoredJson.Read<SortedDictionary<string, string>>(model.Parameters));
        json.Many("metrics", model.Metrics, metric =>
        {
            json.WriteStartObject();
            json.PointFields(metric.Point);
            json.Optional("dataset_name", metric.DatasetName);
            json.Optional("dataset_digest", metric.DatasetDigest);
            json.WriteString("model_id", model.Id);
            json.WriteString("run_id", metric.Run);
            json.WriteEndObject();
        });
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
