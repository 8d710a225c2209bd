using System.Globalization;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Artifacts;

namespace Fairlead.Server.Tracking.Models;

/// <summary>What is registered: files that were tracked, and where they came from.</summary>
internal sealed record TrackedFiles
{
    public IReadOnlyList<ManifestFile> Files { get; init; } = [];

    /// <summary>The ONNX model among them; null: the version cannot be served.</summary>
    public string? Entry { get; init; }

    /// <summary>What is missing before it can be served.</summary>
    public string Needs { get; init; } = "";

    public string Run { get; init; } = "";

    public string LoggedModel { get; init; } = "";
}

/// <summary>Finds the files behind the address under which a client registers a model.</summary>
internal sealed class ModelSources(Database database, ArtifactTree tree, IArtifactStore store)
{
    private const string Models = "models:/";
    private const string Runs = "runs:/";

    /// <summary>Reads an address; refuses one that names nothing that a model could be registered from.</summary>
    public async Task<TrackedFiles> FindAsync(
        string source, string? run, string? loggedModel, CancellationToken cancellation)
    {
        ThrowIfUnsafe(source);
        if (!string.IsNullOrEmpty(loggedModel) || source.StartsWith($"{Models}m-", StringComparison.Ordinal))
        {
            var id = string.IsNullOrEmpty(loggedModel) ? source[Models.Length..].Split('/')[0] : loggedModel;
            var (location, sourceRun) = await LoggedModelAsync(id, cancellation);
            return await FilesAsync(location, cancellation) with
            {
                LoggedModel = id,
                Run = string.IsNullOrEmpty(run) ? sourceRun : run,
            };
        }

        if (!string.IsNullOrEmpty(run))
            await RunAsync(run, cancellation);
        if (source.StartsWith(Runs, StringComparison.Ordinal)
            && source[Runs.Length..].Split('/', 2) is [var named, var below])
        {
            var root = await RunAsync(named, cancellation);
            return await FilesAsync($"{root}/{below}", cancellation) with { Run = named };
        }

        if (source.StartsWith(Models, StringComparison.Ordinal))
        {
            return source[Models.Length..].Split('/') is [var model, var version]
                && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? await FilesAsync(Registered(model, number), cancellation) with { Run = run ?? "" }
                : throw Invalid(source, "it names no version");
        }

        return await FilesAsync(source, cancellation) with { Run = run ?? "" };
    }

    /// <summary>The address of a version's files, which never change.</summary>
    public static string Registered(string model, int number) => ArtifactPaths.Address(
        string.Create(CultureInfo.InvariantCulture, $"{ArtifactPaths.Registered}/{model}/{number}"));

    private async Task<TrackedFiles> FilesAsync(string address, CancellationToken cancellation)
    {
        if (ArtifactPaths.Of(address) is not { } root)
        {
            return new TrackedFiles
            {
                Needs = $"its files here: they are at '{(address.Length > 200 ? address[..200] : address)}'",
            };
        }

        var nodes = await tree.FilesAsync(root, cancellation);
        var content = await ModelFolder.ReadAsync(nodes, root, store, cancellation);
        var files = nodes.Select(node => new ManifestFile(
            node.Path == root ? ArtifactPaths.Name(root) : node.Path[(root.Length + 1)..], node.Size,
            node.Digest!.Value)).ToList();
        return files.Count > 0 && ManifestRules.Check(files) is { Count: > 0 } faults
            ? throw new RefusalException(faults)
            : new TrackedFiles { Files = files, Entry = content.Entry, Needs = content.Needs };
    }

    private async Task<string> RunAsync(string run, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return (await RunReads.RunAsync(statements, run, cancellation)).ArtifactUri;
    }

    private async Task<(string Location, string Run)> LoggedModelAsync(string id, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(
            "SELECT e.artifact_location, m.source_run FROM logged_models m JOIN experiments e "
            + "ON e.number = m.experiment WHERE m.id = @id AND m.deleted_at IS NULL",
            row => ($"{row.GetString(0)}/models/{id}/artifacts", row.GetString(1)), cancellation, ("@id", id))
            is [var found]
            ? found
            : throw new RefusalException(LoggedModelWrites.NotFound(id));
    }

    private static void ThrowIfUnsafe(string source)
    {
        var decoded = source;
        for (var i = 0; i < 4; i++)
        {
            if (decoded.Replace('\\', '/').Split('/', '?', '#').Contains(".."))
                throw Invalid(source, "it must not contain '..'");
            decoded = Uri.UnescapeDataString(decoded);
        }

        if (source.StartsWith('/') || source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw Invalid(source, "a local path is no place from which this server registers a model");
    }

    private static RefusalException Invalid(string source, string why) => new(RunRefusals.Invalid("source",
        $"Invalid model version source: '{(source.Length > 200 ? source[..200] : source)}'; {why}."));
}
