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
        var id = string.IsNullOrEmpty(loggedModel) ? LoggedModelOf(source) : loggedModel;
        if (id is not null)
        {
            var (location, sourceRun) = await LoggedModelAsync(id, cancellation);
            return await FilesAsync(location, cancellation) with
            {
                LoggedModel = id,
                Run = string.IsNullOrEmpty(run) ? sourceRun : run,
            };
        }

        if (!string.IsNullOrEmpty(run))
            await RunAsync(run, cancellation);
        if (source.StartsWith(Runs, StringComparison.Ordinal))
        {
            if (source[Runs.Length..].Split('/', 2) is not [{ Length: > 0 } named, { Length: > 0 } below])
                throw Invalid(source, "it is not of the form runs:/RUN/PATH");
            var root = await RunAsync(named, cancellation);
            return await FilesAsync($"{root}/{below}", cancellation) with { Run = named };
        }

        if (source.StartsWith(Models, StringComparison.Ordinal))
            return await FilesAsync(await VersionAsync(source, cancellation), cancellation) with { Run = run ?? "" };

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

    /// <summary>The logged model that an address names: <c>models:/m-…</c>, with nothing behind it.</summary>
    private static string? LoggedModelOf(string source) =>
        source.StartsWith($"{Models}m-", StringComparison.Ordinal) && source[Models.Length..] is var id
        && !id.Contains('/') && !id.Contains('@')
            ? id
            : null;

    /// <summary>Where the files of the version are that an address names: <c>models:/MODEL/NUMBER</c>.</summary>
    private async Task<string> VersionAsync(string source, CancellationToken cancellation)
    {
        if (source[Models.Length..].Split('/') is not [{ Length: > 0 } model, var text]
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw Invalid(source, "it names no version by its number");
        }

        await using var statements = await database.OpenAsync(cancellation);
        return await statements.NumberAsync(
            "SELECT 1 FROM versions WHERE model = @model AND number = @number", cancellation,
            ("@model", model), ("@number", number)) is not null
            ? Registered(model, number)
            : throw new RefusalException(ModelViews.NoVersion(model, text));
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
