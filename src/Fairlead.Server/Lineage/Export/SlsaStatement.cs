using System.Text.Json.Nodes;
using Fairlead.Client.Api;

namespace Fairlead.Server.Lineage.Export;

/// <summary>
/// The training of a version as an in-toto statement 1 with the predicate of SLSA provenance 1: the files are its
/// subjects; data, code and the version before are what it was resolved from.
/// </summary>
internal static class SlsaStatement
{
    public static JsonObject Write(VersionRecord record)
    {
        var (version, lineage) = (record.Version, record.Version.Lineage);
        var external = new JsonObject
        {
            ["model"] = version.Model,
            ["parameters"] = new JsonObject(version.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };
        if (lineage.Code?.EntryPoint is { } entry)
            external["entryPoint"] = entry;
        var metadata = new JsonObject { ["invocationId"] = Producer.Urn("run", lineage.Run ?? record.Name) };
        if (record.Run is { } run)
            metadata["startedOn"] = Producer.Instant(run.StartedAt);
        metadata["finishedOn"] = Producer.Instant(record.Run?.EndedAt ?? version.CreatedAt);
        return new JsonObject
        {
            ["_type"] = "https://in-toto.io/Statement/v1",
            ["subject"] = new JsonArray([.. version.Files.Select(file => (JsonNode)new JsonObject
            {
                ["name"] = file.Path,
                ["digest"] = new JsonObject { ["sha256"] = file.Digest },
            })]),
            ["predicateType"] = "https://slsa.dev/provenance/v1",
            ["predicate"] = new JsonObject
            {
                ["buildDefinition"] = new JsonObject
                {
                    ["buildType"] = "urn:fairlead:training:1",
                    ["externalParameters"] = external,
                    ["internalParameters"] = Environment(lineage.Environment),
                    ["resolvedDependencies"] = new JsonArray([.. Dependencies(record)]),
                },
                ["runDetails"] = new JsonObject
                {
                    ["builder"] = new JsonObject
                    {
                        ["id"] = Producer.Registry,
                        ["version"] = new JsonObject { ["fairlead"] = Producer.Version },
                    },
                    ["metadata"] = metadata,
                    ["byproducts"] = new JsonArray([.. Changes(lineage.Code)]),
                },
            },
        };
    }

    private static JsonObject Environment(EnvironmentLineage? environment)
    {
        var written = new JsonObject();
        if (environment?.Container is { } container)
            written["container"] = container;
        if (environment?.Python is { } python)
            written["python"] = python;
        return written;
    }

    private static IEnumerable<JsonNode> Dependencies(VersionRecord record)
    {
        var (version, lineage) = (record.Version, record.Version.Lineage);
        if (lineage.Code is { } code && (code.Repository is not null || code.Commit is not null))
        {
            var source = new JsonObject();
            if (code.Repository is { } repository)
                source["uri"] = repository.Contains("://", StringComparison.Ordinal) ? $"git+{repository}" : repository;
            if (code.Commit is { } commit)
                source["digest"] = new JsonObject { ["gitCommit"] = commit };
            source["name"] = "code";
            if (code.Dirty)
                source["annotations"] = new JsonObject { ["dirty"] = true };
            yield return source;
        }

        foreach (var data in record.Datasets)
        {
            yield return Dependency(
                $"{data.Use.Name}/{data.Use.Version}", data.Use.Digest, data.Address, data.Use.Role);
        }

        foreach (var input in lineage.Inputs)
            yield return Dependency(input.Name, input.Digest, input.Source, input.Role ?? "input");
        foreach (var (name, digest) in lineage.Datasets.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            yield return Dependency(name, digest, null, "data");
        if (lineage.Parent is { } parent)
        {
            yield return new JsonObject
            {
                ["uri"] = Producer.Urn("model", $"{version.Model}/{parent}"),
                ["name"] = "parent",
            };
        }

        foreach (var package in lineage.Environment?.Packages ?? [])
            yield return new JsonObject { ["uri"] = PackageUrl.Of(package), ["name"] = package.Name };
    }

    /// <summary>Data by its digest, under the name of the hash; what is no digest of a known hash is its address.
    /// </summary>
    private static JsonObject Dependency(string name, string digest, string? address, string role)
    {
        var colon = digest.IndexOf(':', StringComparison.Ordinal);
        var algorithm = colon > 0 ? digest[..colon] : null;
        var value = digest[(colon + 1)..];
        var written = new JsonObject
        {
            ["name"] = name,
            ["uri"] = address ?? (colon > 0 && algorithm is not ("sha256" or "md5") ? digest
                : Producer.Urn("dataset", name)),
        };
        if (algorithm is "sha256" or "md5" && value.All(char.IsAsciiHexDigitLower))
            written["digest"] = new JsonObject { [algorithm] = value };
        else if (colon < 0)
            written["digest"] = new JsonObject { ["fairlead:dataset"] = digest };
        written["annotations"] = new JsonObject { ["role"] = role };
        return written;
    }

    private static IEnumerable<JsonNode> Changes(CodeLineage? code)
    {
        if (code?.DiffDigest is { } digest)
        {
            yield return new JsonObject
            {
                ["name"] = "changes of the checkout",
                ["digest"] = new JsonObject { ["sha256"] = digest },
            };
        }
    }
}
