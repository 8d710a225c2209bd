using System.Text.Json.Nodes;
using Fairlead.Client.Api;

namespace Fairlead.Server.Lineage.Export;

/// <summary>
/// The training of a version as an OpenLineage event that a run completed: data in, a model out. The registry of facets
/// has none for models, so metrics, parameters and files are in one of our own.
/// </summary>
internal static class OpenLineageEvent
{
    private const string Specification = "https://openlineage.io/spec/2-0-2/OpenLineage.json";
    private const string Facets = "https://openlineage.io/spec/facets/";
    private const string Own = "urn:fairlead:facet:";

    private static string Program => Producer.Urn("program", Producer.Version);

    public static JsonObject Write(VersionRecord record)
    {
        var version = record.Version;
        return new JsonObject
        {
            ["eventType"] = "COMPLETE",
            ["eventTime"] = Producer.Instant(record.Run?.EndedAt ?? version.CreatedAt),
            ["producer"] = Program,
            ["schemaURL"] = $"{Specification}#/$defs/RunEvent",
            ["run"] = new JsonObject
            {
                ["runId"] = Guid.TryParseExact(version.Lineage.Run, "N", out var run)
                    ? run.ToString("D")
                    : Producer.Uuid($"run {version.Lineage.Run ?? record.Name}"),
                ["facets"] = RunFacets(record),
            },
            ["job"] = new JsonObject
            {
                ["namespace"] = "fairlead",
                ["name"] = $"{version.Model}.training",
                ["facets"] = JobFacets(version.Lineage),
            },
            ["inputs"] = new JsonArray([.. Inputs(record)]),
            ["outputs"] = new JsonArray(Output(record)),
        };
    }

    private static JsonObject RunFacets(VersionRecord record)
    {
        var facets = new JsonObject();
        if (record.Run is { } run)
        {
            var time = Facet("1-0-1/NominalTimeRunFacet");
            time["nominalStartTime"] = Producer.Instant(run.StartedAt);
            if (run.EndedAt is { } end)
                time["nominalEndTime"] = Producer.Instant(end);
            facets["nominalTime"] = time;
        }

        if (record.Version.Lineage.Environment is not { } environment)
            return facets;
        var own = OwnFacet("environment");
        own["container"] = environment.Container;
        own["python"] = environment.Python;
        own["packages"] = new JsonArray([.. environment.Packages.Select(each => (JsonNode)PackageUrl.Of(each))]);
        facets["fairlead_environment"] = own;
        return facets;
    }

    private static JsonObject JobFacets(VersionLineage lineage)
    {
        var type = Facet("2-0-3/JobTypeJobFacet");
        type["processingType"] = "BATCH";
        type["integration"] = "FAIRLEAD";
        type["jobType"] = "TRAINING";
        var facets = new JsonObject { ["jobType"] = type };
        if (lineage.Code is not { Repository: { } repository } code)
            return facets;
        var source = Facet("1-0-1/SourceCodeLocationJobFacet");
        source["type"] = "git";
        source["url"] = repository;
        source["repoUrl"] = repository;
        if (code.EntryPoint is { } entry)
            source["path"] = entry;
        if (code.Commit is { } commit)
            source["version"] = commit;
        if (code.Branch is { } branch)
            source["branch"] = branch;
        facets["sourceCodeLocation"] = source;
        return facets;
    }

    private static IEnumerable<JsonNode> Inputs(VersionRecord record)
    {
        foreach (var data in record.Datasets)
            yield return Input(data.Use.Name, data.Use.Digest, data.Rows);
        foreach (var input in record.Version.Lineage.Inputs)
            yield return Input(input.Name, input.Digest, null);
        var named = record.Version.Lineage.Datasets.OrderBy(each => each.Key, StringComparer.Ordinal);
        foreach (var (name, digest) in named)
            yield return Input(name, digest, null);
    }

    private static JsonObject Input(string name, string digest, long? rows)
    {
        var version = Facet("1-0-1/DatasetVersionDatasetFacet");
        version["datasetVersion"] = digest;
        var input = new JsonObject
        {
            ["namespace"] = "fairlead.datasets",
            ["name"] = name,
            ["facets"] = new JsonObject { ["version"] = version },
        };
        if (rows is not null)
        {
            var statistics = Facet("1-0-2/DataQualityMetricsInputDatasetFacet");
            statistics["rowCount"] = rows;
            statistics["columnMetrics"] = new JsonObject();
            input["inputFacets"] = new JsonObject { ["dataQualityMetrics"] = statistics };
        }

        return input;
    }

    private static JsonObject Output(VersionRecord record)
    {
        var version = record.Version;
        var number = Facet("1-0-1/DatasetVersionDatasetFacet");
        number["datasetVersion"] = $"{version.Number}";
        var model = OwnFacet("model");
        model["files"] = new JsonArray([.. version.Files.Select(file => (JsonNode)new JsonObject
        {
            ["path"] = file.Path,
            ["sha256"] = file.Digest,
            ["bytes"] = file.Size,
        })]);
        model["metrics"] = new JsonObject(version.Metrics.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        model["parameters"] = new JsonObject(version.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        if (version.Lineage.Parent is { } parent)
            model["parent"] = $"{version.Model}/{parent}";
        var facets = new JsonObject { ["version"] = number, ["fairlead_model"] = model };
        if (version.Description.Length > 0)
        {
            var documentation = Facet("1-0-1/DocumentationDatasetFacet");
            documentation["description"] = version.Description;
            facets["documentation"] = documentation;
        }

        return new JsonObject
        {
            ["namespace"] = "fairlead.models",
            ["name"] = version.Model,
            ["facets"] = facets,
        };
    }

    /// <summary>A facet of the specification, such as <c>1-0-1/NominalTimeRunFacet</c>.</summary>
    private static JsonObject Facet(string which) => new()
    {
        ["_producer"] = Program,
        ["_schemaURL"] = $"{Facets}{which}.json#/$defs/{which.Split('/')[1]}",
    };

    private static JsonObject OwnFacet(string name) => new()
    {
        ["_producer"] = Program,
        ["_schemaURL"] = Own + name,
    };
}
