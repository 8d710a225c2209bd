using System.Text.Json.Nodes;
using Fairlead.Client.Api;

namespace Fairlead.Server.Lineage.Export;

/// <summary>A version as a bill of materials of CycloneDX 1.6: the model with its card, its files, data and packages.
/// </summary>
internal static class MachineLearningBom
{
    public static JsonObject Write(VersionRecord record)
    {
        var (version, lineage) = (record.Version, record.Version.Lineage);
        var reference = $"model:{record.Name}";
        var data = Data(record).ToList();
        var packages = (lineage.Environment?.Packages ?? []).DistinctBy(PackageUrl.Of).ToList();
        var component = new JsonObject
        {
            ["type"] = "machine-learning-model",
            ["bom-ref"] = reference,
            ["name"] = version.Model,
            ["version"] = $"{version.Number}",
        };
        if (version.Description.Length > 0)
            component["description"] = version.Description;
        if (version.Files.FirstOrDefault(file => file.Path == version.Entry) is { } entry)
            component["hashes"] = Hashes(entry.Digest);
        if (lineage.Code?.Repository is { } repository)
        {
            var source = new JsonObject { ["type"] = "vcs", ["url"] = repository };
            if (lineage.Code.Commit is { } commit)
                source["comment"] = $"commit {commit}";
            component["externalReferences"] = new JsonArray(source);
        }

        component["modelCard"] = Card(record, data);
        component["properties"] = new JsonArray([.. Properties(record)]);
        component["components"] = new JsonArray([.. version.Files.Select(file => (JsonNode)new JsonObject
        {
            ["type"] = "file",
            ["name"] = file.Path,
            ["hashes"] = Hashes(file.Digest),
        })]);
        return new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["serialNumber"] = $"urn:uuid:{Producer.Uuid($"bom {record.Name} {Producer.Instant(version.CreatedAt)}")}",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["timestamp"] = Producer.Instant(version.CreatedAt),
                ["tools"] = new JsonObject
                {
                    ["components"] = new JsonArray(new JsonObject
                    {
                        ["type"] = "application",
                        ["name"] = "fairlead",
                        ["version"] = Producer.Version,
                    }),
                },
                ["component"] = component,
            },
            ["components"] = new JsonArray([.. data.Select(each => (JsonNode)each.Component),
                .. packages.Select(Package)]),
            ["dependencies"] = new JsonArray(new JsonObject
            {
                ["ref"] = reference,
                ["dependsOn"] = new JsonArray([.. data.Select(each => (JsonNode)each.Reference),
                    .. packages.Select(each => (JsonNode)PackageUrl.Of(each))]),
            }),
        };
    }

    private static JsonObject Card(VersionRecord record, IReadOnlyList<(string Reference, JsonObject Component)> data)
    {
        var version = record.Version;
        var parameters = new JsonObject
        {
            ["datasets"] = new JsonArray([.. data.Select(each => (JsonNode)new JsonObject
            {
                ["ref"] = each.Reference,
            })]),
            ["inputs"] = new JsonArray([.. version.Inputs.Select(Tensor)]),
            ["outputs"] = new JsonArray([.. version.Outputs.Select(Tensor)]),
        };
        var metrics = version.Metrics.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new JsonObject { ["type"] = pair.Key, ["value"] = Producer.Figure(pair.Value) })
            .Concat(record.Evaluations.SelectMany(Figures))
            .Concat(record.Rollouts.SelectMany(rollout => rollout.Checks.Select(check => (rollout, check)))
                .Where(each => each.check.Estimate is not null).Select(each => Check(each.rollout, each.check)));
        return new JsonObject
        {
            ["modelParameters"] = parameters,
            ["quantitativeAnalysis"] = new JsonObject
            {
                ["performanceMetrics"] = new JsonArray([.. metrics.Select(each => (JsonNode)each)]),
            },
        };
    }

    /// <summary>What an evaluation found, over all rows and in each segment.</summary>
    private static IEnumerable<JsonObject> Figures(EvaluationInfo evaluation) =>
        from segment in evaluation.Segments
        from figure in segment.Figures
        where figure.Value is not null
        select Bounded(new JsonObject
        {
            ["type"] = figure.Name,
            ["value"] = Producer.Figure(figure.Value!.Value),
            ["slice"] = VersionRecord.DataOf(evaluation) + (segment.Segment is null ? "" : $", {segment.Segment}"),
        }, figure.Low, figure.High);

    /// <summary>What a rollout measured of the version beside the one before.</summary>
    private static JsonObject Check(VersionRolloutInfo rollout, RolloutCheckInfo check)
    {
        return Bounded(new JsonObject
        {
            ["type"] = check.Name,
            ["value"] = Producer.Figure(check.Estimate!.Value),
            ["slice"] = check.Slice ?? $"rollout {rollout.Rollout} on {rollout.Endpoint}, beside stable",
        }, check.Low, check.High);
    }

    private static JsonObject Bounded(JsonObject metric, double? from, double? to)
    {
        if (from is { } low && to is { } high)
        {
            metric["confidenceInterval"] = new JsonObject
            {
                ["lowerBound"] = Producer.Figure(low),
                ["upperBound"] = Producer.Figure(high),
            };
        }

        return metric;
    }

    private static JsonNode Tensor(TensorInfo tensor) => new JsonObject
    {
        ["format"] = $"{tensor.Name}: {tensor.Datatype}[{string.Join(", ", tensor.Shape.Select(size =>
            size < 0 ? "?" : $"{size}"))}]",
    };

    private static IEnumerable<(string Reference, JsonObject Component)> Data(VersionRecord record)
    {
        var all = record.Datasets
            .Select(each => ($"{each.Use.Name}/{each.Use.Version}", each.Use.Digest, each.Address, each.Use.Role))
            .Concat(record.Version.Lineage.Inputs
                .Select(each => (each.Name, each.Digest, each.Source, each.Role ?? "input")))
            .Concat(record.Version.Lineage.Datasets.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => (pair.Key, pair.Value, (string?)null, "data")));
        foreach (var (name, digest, address, role) in all.DistinctBy(each => (each.Item1, each.Item2)))
        {
            var reference = $"data:{name}:{digest}";
            var contents = new JsonObject
            {
                ["properties"] = new JsonArray(
                    new JsonObject { ["name"] = "fairlead:digest", ["value"] = digest },
                    new JsonObject { ["name"] = "fairlead:role", ["value"] = role }),
            };
            if (address is not null && Uri.TryCreate(address, UriKind.Absolute, out _))
                contents["url"] = address;
            var component = new JsonObject
            {
                ["type"] = "data",
                ["bom-ref"] = reference,
                ["name"] = name,
                ["data"] = new JsonArray(new JsonObject
                {
                    ["type"] = "dataset",
                    ["name"] = name,
                    ["contents"] = contents,
                }),
            };
            if (digest.StartsWith("sha256:", StringComparison.Ordinal))
                component["hashes"] = Hashes(digest["sha256:".Length..]);
            yield return (reference, component);
        }
    }

    private static JsonNode Package(PackageInfo package)
    {
        var component = new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = PackageUrl.Of(package),
            ["name"] = package.Name,
            ["purl"] = PackageUrl.Of(package),
        };
        if (package.Version is { } version)
            component["version"] = version;
        return component;
    }

    private static IEnumerable<JsonNode> Properties(VersionRecord record)
    {
        var lineage = record.Version.Lineage;
        var properties = record.Version.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => ($"fairlead:parameter:{pair.Key}", (string?)pair.Value))
            .Concat(
            [
                ("fairlead:run", lineage.Run),
                ("fairlead:commit", lineage.CodeCommit),
                ("fairlead:container", lineage.Environment?.Container),
                ("fairlead:parent", lineage.Parent is { } parent ? $"{record.Version.Model}/{parent}" : null),
            ]);
        return properties.Where(each => each.Item2 is not null).Select(each => (JsonNode)new JsonObject
        {
            ["name"] = each.Item1,
            ["value"] = each.Item2,
        });
    }

    private static JsonArray Hashes(string sha256) =>
        new(new JsonObject { ["alg"] = "SHA-256", ["content"] = sha256 });
}
