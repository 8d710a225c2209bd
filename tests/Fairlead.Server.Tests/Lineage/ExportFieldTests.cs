using System.Text.Json.Nodes;

namespace Fairlead.Server.Tests.Lineage;

/// <summary>
/// Exports have no field that their specifications do not know: readers of CycloneDX refuse a document with one, and
/// those of the others never look at it. What is named here are facts of in-toto Statement 1, SLSA provenance 1,
/// CycloneDX 1.6 and OpenLineage 2-0-2.
/// </summary>
public sealed class ExportFieldTests
{
    private static readonly string[] Descriptor =
        ["uri", "digest", "name", "downloadLocation", "mediaType", "content", "annotations"];

    private static readonly string[] Component =
    [
        "type", "mime-type", "bom-ref", "supplier", "manufacturer", "authors", "author", "publisher", "group", "name",
        "version", "description", "scope", "hashes", "licenses", "copyright", "cpe", "purl", "omniborId", "swhid",
        "swid", "modified", "pedigree", "externalReferences", "components", "evidence", "releaseNotes", "modelCard",
        "data", "cryptoProperties", "properties", "tags", "signature",
    ];

    [Fact]
    public void Slsa_NamesFieldsAsProvenanceDoes()
    {
        var statement = JsonNode.Parse(ExportTests.Written("slsa"))!.AsObject();
        Only(statement, "_type", "subject", "predicateType", "predicate");
        Each(statement["subject"], Descriptor);
        var predicate = Only(statement["predicate"], "buildDefinition", "runDetails");
        var build = Only(predicate["buildDefinition"],
            "buildType", "externalParameters", "internalParameters", "resolvedDependencies");
        Each(build["resolvedDependencies"], Descriptor);
        var details = Only(predicate["runDetails"], "builder", "metadata", "byproducts");
        Only(details["builder"], "id", "version", "builderDependencies");
        Only(details["metadata"], "invocationId", "startedOn", "finishedOn");
        Each(details["byproducts"], Descriptor);

        // A subject is found by its digest alone, and hashes of known names are lower-case hexadecimal.
        statement["subject"]!.AsArray().ShouldAllBe(each => each!["digest"] != null);
        statement["subject"]!.AsArray().Concat(build["resolvedDependencies"]!.AsArray())
            .SelectMany(each => each!["digest"]?.AsObject().ToList() ?? [])
            .Where(digest => digest.Key is "sha256" or "md5" or "gitCommit")
            .ShouldAllBe(digest => ((string)digest.Value!).All(char.IsAsciiHexDigitLower));
        foreach (var moment in new[] { "startedOn", "finishedOn" })
            ((string)details["metadata"]![moment]!).ShouldEndWith("Z");
    }

    [Fact]
    public void CycloneDx_HasNoFieldThatItsSchemaRefuses()
    {
        var bom = JsonNode.Parse(ExportTests.Written("cyclonedx"))!.AsObject();
        Only(bom, "$schema", "bomFormat", "specVersion", "serialNumber", "version", "metadata", "components",
            "services", "externalReferences", "dependencies", "compositions", "vulnerabilities", "annotations",
            "formulation", "declarations", "definitions", "properties", "signature");
        var metadata = Only(bom["metadata"], "timestamp", "lifecycles", "tools", "manufacturer", "authors",
            "component", "manufacture", "supplier", "licenses", "properties");
        Each(Only(metadata["tools"], "components", "services")["components"], Component);
        var model = Only(metadata["component"], Component);
        foreach (var component in bom["components"]!.AsArray().Concat(model["components"]!.AsArray()).Append(model))
        {
            Only(component, Component);
            Each(component!["hashes"], "alg", "content");
            Each(component["properties"], "name", "value");
            Each(component["externalReferences"], "url", "comment", "type", "hashes");
            Each(component["data"], "bom-ref", "type", "name", "contents", "classification", "sensitiveData",
                "graphics", "description", "governance");
            (component["data"]?.AsArray() ?? []).ShouldAllBe(data => new[]
            {
                "source-code", "configuration", "dataset", "definition", "other",
            }.Contains((string)data!["type"]!));
        }

        Each(bom["dependencies"], "ref", "dependsOn", "provides");
        var card = Only(model["modelCard"],
            "bom-ref", "modelParameters", "quantitativeAnalysis", "considerations", "properties");
        var parameters = Only(card["modelParameters"], "approach", "task", "architectureFamily", "modelArchitecture",
            "datasets", "inputs", "outputs");
        Each(parameters["datasets"], "ref");
        Each(parameters["inputs"], "format");
        Each(parameters["outputs"], "format");
        var metrics = Only(card["quantitativeAnalysis"], "performanceMetrics", "graphics")["performanceMetrics"];
        Each(metrics, "type", "value", "slice", "confidenceInterval");
        foreach (var metric in metrics!.AsArray())
        {
            metric!["value"]!.GetValueKind().ShouldBe(System.Text.Json.JsonValueKind.String);
            if (metric["confidenceInterval"] is { } interval)
                Only(interval, "lowerBound", "upperBound");
        }
    }

    [Fact]
    public void OpenLineage_FacetsHaveTheFieldsOfTheirs()
    {
        var run = JsonNode.Parse(ExportTests.Written("openlineage"))!.AsObject();
        Only(run, "eventType", "eventTime", "producer", "schemaURL", "run", "job", "inputs", "outputs");
        Only(run["run"], "runId", "facets");
        Only(run["job"], "namespace", "name", "facets");
        Each(run["inputs"], "namespace", "name", "facets", "inputFacets");
        Each(run["outputs"], "namespace", "name", "facets", "outputFacets");
        var known = new Dictionary<string, (string[] Required, string[] Optional)>
        {
            ["NominalTimeRunFacet"] = (["nominalStartTime"], ["nominalEndTime"]),
            ["JobTypeJobFacet"] = (["processingType", "integration"], ["jobType"]),
            ["SourceCodeLocationJobFacet"] = (["type", "url"], ["repoUrl", "path", "version", "tag", "branch"]),
            ["DatasetVersionDatasetFacet"] = (["datasetVersion"], []),
            ["DocumentationDatasetFacet"] = (["description"], ["contentType"]),
            ["DataQualityMetricsInputDatasetFacet"] =
                (["columnMetrics"], ["rowCount", "bytes", "fileCount", "lastUpdated"]),
        };
        var seen = new HashSet<string>();
        foreach (var facet in run.Descendants().Where(each => each["_schemaURL"] is not null))
        {
            var name = ((string)facet["_schemaURL"]!).Split('/')[^1];
            if (!known.TryGetValue(name, out var fields))
            {
                // One of our own says so by its address, and has what it wants.
                ((string)facet["_schemaURL"]!).ShouldStartWith("urn:fairlead:facet:");
                continue;
            }

            seen.Add(name);
            Only(facet, ["_producer", "_schemaURL", .. fields.Required, .. fields.Optional]);
            fields.Required.ShouldAllBe(field => facet[field] != null, name);
        }

        seen.ShouldBe(known.Keys, ignoreOrder: true);
    }

    private static JsonObject Only(JsonNode? node, params string[] fields)
    {
        var found = node.ShouldNotBeNull().AsObject();
        found.Select(each => each.Key).Except(fields).ShouldBeEmpty();
        return found;
    }

    private static void Each(JsonNode? list, params string[] fields)
    {
        foreach (var item in list?.AsArray() ?? [])
            Only(item, fields);
    }
}

file static class Nodes
{
    /// <summary>Every object inside.</summary>
    public static IEnumerable<JsonObject> Descendants(this JsonNode? node) => node switch
    {
        JsonObject found => found.SelectMany(each => each.Value.Descendants()).Prepend(found),
        JsonArray list => list.SelectMany(Descendants),
        _ => [],
    };
}
