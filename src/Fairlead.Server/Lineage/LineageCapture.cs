using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Apply;
using Fairlead.Server.Tracking;

namespace Fairlead.Server.Lineage;

/// <summary>What is known of a version's sources before it is registered.</summary>
internal sealed record CapturedSources
{
    public VersionLineage Lineage { get; init; } = new();

    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>How the code differed from its commit, cut at its bound.</summary>
    public string? Diff { get; init; }
}

/// <summary>
/// Completes what a caller says of a version's sources with what can be known without asking: what its training run
/// logged, and what the files beside the model say. What the caller says himself is never overwritten.
/// </summary>
internal sealed class LineageCapture(RunReads runs, IArtifactStore store)
{
    /// <summary>Most metrics and most parameters that are taken over from a run.</summary>
    public const int MaxTaken = 1_000;

    private const string ModelDescription = "MLmodel";
    private const int LargestDescription = 1 << 20;
    private const int DigestDigits = 64;

    /// <summary>Completes what is said of a version with these files.</summary>
    public async Task<CapturedSources> CompleteAsync(
        VersionLineage? said, IReadOnlyDictionary<string, double> metrics,
        IReadOnlyDictionary<string, string> parameters, IReadOnlyList<ManifestFile> files,
        CancellationToken cancellation)
    {
        var lineage = said ?? new VersionLineage();
        var described = await DescribedAsync(files, cancellation);
        lineage = lineage with { Run = lineage.Run ?? described.Run };
        var (run, data) = await FindRunAsync(lineage.Run, cancellation);
        var tags = (data?.Tags ?? []).ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal);

        var code = Code(lineage, tags);
        var commit = code?.Commit is null ? null : code.Commit + (code.Dirty ? CodeSource.DirtySuffix : "");
        var environment = lineage.Environment ?? new EnvironmentLineage();
        if (environment.Packages.Count == 0)
            environment = await PackagesAsync(environment, files, cancellation);
        environment = environment with
        {
            Container = environment.Container
                ?? Tag(tags, "mlflow.docker.image.id") ?? Tag(tags, "mlflow.docker.image.name"),
            Python = environment.Python ?? described.Python,
        };
        return new CapturedSources
        {
            Lineage = lineage with
            {
                CodeCommit = lineage.CodeCommit ?? commit,
                Code = code is null ? null : code with { Diff = null },
                Environment = environment is { Container: null, Python: null, Source: null, Packages.Count: 0 }
                    ? null
                    : environment,
                Inputs = run is null ? [] : [.. data!.Datasets.Select(Input)],
            },
            Metrics = With(metrics, (data?.Metrics ?? []).Where(point => double.IsFinite(point.Value))
                .Select(point => (point.Key, point.Value))),
            Parameters = With(parameters, (data?.Parameters ?? []).Select(pair => (pair.Key, pair.Value))),
            Diff = code?.Diff is { } diff ? Cut(diff) : null,
        };
    }

    /// <summary>The training code: what is said of it, else what the run's client noted.</summary>
    private static CodeLineage? Code(VersionLineage lineage, Dictionary<string, string> tags)
    {
        var said = lineage.Code;
        var diff = said?.Diff ?? Tag(tags, "mlflow.git.diff");
        var commit = said?.Commit ?? CodeSource.CommitOf(lineage.CodeCommit)
            ?? Tag(tags, "mlflow.source.git.commit") ?? Tag(tags, "mlflow.git.commit");
        var code = new CodeLineage
        {
            Repository = CodeSource.WithoutCredentials(
                said?.Repository ?? Tag(tags, "mlflow.source.git.repoURL") ?? Tag(tags, "mlflow.git.repo_url")),
            Commit = commit,
            Branch = said?.Branch ?? Tag(tags, "mlflow.source.git.branch") ?? Tag(tags, "mlflow.git.branch"),
            EntryPoint = said?.EntryPoint ?? Tag(tags, "mlflow.source.name"),
            Dirty = said?.Dirty == true || diff is { Length: > 0 }
                || lineage.CodeCommit?.EndsWith(CodeSource.DirtySuffix, StringComparison.Ordinal) == true
                || bool.TryParse(Tag(tags, "mlflow.git.dirty"), out var dirty) && dirty,
            Diff = string.IsNullOrEmpty(diff) ? null : diff,
        };
        if (code.Diff is { } text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            code = code with
            {
                DiffBytes = Math.Max(said?.DiffBytes ?? 0, bytes.Length),
                DiffDigest = said?.DiffDigest ?? Sha256Digest.FromBytes(SHA256.HashData(bytes)).ToString(),
            };
        }

        return code == new CodeLineage() ? null : code;
    }

    private async Task<(StoredRun? Run, RunData? Data)> FindRunAsync(string? id, CancellationToken cancellation)
    {
        // Whoever registers may name a run of another system; only one of this installation can be looked into.
        if (id is not { Length: 32 } || !id.All(char.IsAsciiHexDigitLower))
            return (null, null);
        try
        {
            return await runs.WholeAsync(id, cancellation);
        }
        catch (RefusalException)
        {
            return (null, null);
        }
    }

    /// <summary>What MLflow's description of the model says of its run and of Python.</summary>
    private async Task<(string? Run, string? Python)> DescribedAsync(
        IReadOnlyList<ManifestFile> files, CancellationToken cancellation)
    {
        if (files.FirstOrDefault(file => file.Path == ModelDescription) is not { Size: <= LargestDescription } file)
            return (null, null);
        try
        {
            using var document = JsonDocument.Parse(YamlDocuments.Read(await TextAsync(file, cancellation))[0]);
            var root = document.RootElement;
            return (Text(root, "run_id"),
                root.TryGetProperty("flavors", out var flavors) && flavors.ValueKind == JsonValueKind.Object
                    && flavors.TryGetProperty("python_function", out var python)
                    ? Text(python, "python_version")
                    : null);
        }
        catch (Exception unreadable) when (unreadable is RefusalException or JsonException)
        {
            // A description that is none is told where the model is looked for; here it only says nothing.
            return (null, null);
        }
    }

    private async Task<EnvironmentLineage> PackagesAsync(
        EnvironmentLineage environment, IReadOnlyList<ManifestFile> files, CancellationToken cancellation)
    {
        foreach (var name in EnvironmentFile.Names)
        {
            if (files.FirstOrDefault(file => file.Path == name) is not { Size: <= EnvironmentFile.MaxBytes } file)
                continue;
            var content = EnvironmentFile.Read(name, await TextAsync(file, cancellation));
            return environment with
            {
                Source = name,
                Python = environment.Python ?? content.Python,
                Packages = [.. content.Packages.Select(each =>
                    new PackageInfo(each.Name, each.Version, each.Ecosystem))],
            };
        }

        return environment;
    }

    private async Task<string> TextAsync(ManifestFile file, CancellationToken cancellation)
    {
        await using var bytes = await store.OpenAsync(file.Digest, cancellation);
        using var reader = new StreamReader(bytes, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellation);
    }

    private static LineageInput Input(RunDataset data) => new(
        data.Name, data.Digest, Short(SourceOf(data.Source)), data.Tags.GetValueOrDefault("mlflow.data.context"));

    /// <summary>Clients write a source as a JSON object around its address.</summary>
    private static string SourceOf(string source)
    {
        try
        {
            using var document = JsonDocument.Parse(source);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Text(document.RootElement, "uri") ?? Text(document.RootElement, "path")
                    ?? Text(document.RootElement, "url") ?? source
                : source;
        }
        catch (JsonException)
        {
            return source;
        }
    }

    private static string? Short(string text) =>
        text.Length == 0 ? null : text.Length > TextRules.MaxTagValue ? text[..TextRules.MaxTagValue] : text;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String when value.GetString() is { Length: > 0 and <= 1000 } text => text,
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    private static string? Tag(Dictionary<string, string> tags, string name) =>
        tags.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static Dictionary<string, T> With<T>(
        IReadOnlyDictionary<string, T> said, IEnumerable<(string Key, T Value)> found)
    {
        var all = new Dictionary<string, T>(said, StringComparer.Ordinal);
        foreach (var (key, value) in found.Take(MaxTaken))
            all.TryAdd(key, value);
        return all;
    }

    /// <summary>Cuts a difference between two characters, below its bound.</summary>
    internal static string Cut(string diff)
    {
        if (Encoding.UTF8.GetByteCount(diff) <= CodeSource.MaxDiffBytes)
            return diff;
        var (bytes, length) = (0, 0);
        foreach (var rune in diff.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > CodeSource.MaxDiffBytes)
                break;
            length += rune.Utf16SequenceLength;
        }

        return diff[..length];
    }

    /// <summary>Why what a caller says of a version's sources cannot be kept.</summary>
    public static IEnumerable<Refusal?> WhyNot(VersionLineage? lineage)
    {
        yield return TextRules.WhyNot("lineage.code.repository", lineage?.Code?.Repository, TextRules.MaxTagValue);
        yield return TextRules.WhyNot("lineage.code.commit", lineage?.Code?.Commit, TextRules.MaxTagValue);
        yield return TextRules.WhyNot("lineage.code.branch", lineage?.Code?.Branch, TextRules.MaxTagValue);
        yield return TextRules.WhyNot("lineage.code.entryPoint", lineage?.Code?.EntryPoint, TextRules.MaxTagValue);
        yield return TextRules.WhyNot("lineage.code.diff", lineage?.Code?.Diff, CodeSource.MaxDiffBytes);
        yield return TextRules.WhyNot("lineage.code.diffDigest", lineage?.Code?.DiffDigest, DigestDigits);
        yield return TextRules.WhyNot(
            "lineage.environment.container", lineage?.Environment?.Container, TextRules.MaxTagValue);
        yield return TextRules.WhyNot("lineage.environment.python", lineage?.Environment?.Python, TextRules.MaxTagName);
        yield return TextRules.WhyNot(
            "lineage.environment.source", lineage?.Environment?.Source, TextRules.MaxTagValue);
        if (lineage?.Inputs.Count > 0)
        {
            yield return new Refusal(RefusalKind.Invalid, "invalid_dataset",
                "What a run read is written by the server; name the run.")
            { Field = "lineage.inputs" };
        }

        if (lineage?.Environment?.Packages is not { Count: > 0 } packages)
            yield break;
        if (packages.Count > EnvironmentFile.MaxPackages)
        {
            yield return new Refusal(RefusalKind.Invalid, "too_many_packages", string.Create(
                CultureInfo.InvariantCulture, $"An environment has at most {EnvironmentFile.MaxPackages} packages."))
            { Field = "lineage.environment.packages" };
            yield break;
        }

        for (var i = 0; i < packages.Count; i++)
        {
            yield return packages[i] is null || string.IsNullOrEmpty(packages[i].Name)
                ? new Refusal(RefusalKind.Invalid, "invalid_text", "A package has a name.")
                {
                    Field = $"lineage.environment.packages[{i}]",
                }
                : TextRules.WhyNot(
                    $"lineage.environment.packages[{i}].name", packages[i].Name, TextRules.MaxTagName)
                    ?? TextRules.WhyNot(
                        $"lineage.environment.packages[{i}].version", packages[i].Version, TextRules.MaxTagName)
                    ?? TextRules.WhyNot(
                        $"lineage.environment.packages[{i}].ecosystem", packages[i].Ecosystem, TextRules.MaxTagName);
        }
    }
}
