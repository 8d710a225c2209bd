using System.Data.Common;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Storage;

namespace Fairlead.Server.Tracking.Artifacts;

/// <summary>A file or folder; a folder has no digest.</summary>
internal sealed record ArtifactNode(string Path, Sha256Digest? Digest, long Size, DateTimeOffset At)
{
    public bool IsFolder => Digest is null;
}

/// <summary>
/// The files that runs and models leave: names in the database, bytes in the store under their SHA-256, the same bytes
/// once. A name appears only when its bytes are there.
/// </summary>
internal sealed class ArtifactTree(
    Database database, ITrackingGate gate, IArtifactStore store, ControlPlaneOptions options, TimeProvider time,
    TrackingMeter meter)
{
    private const string Columns = "path, digest, size, at";

    private const string PutFile = """
        ON CONFLICT (path) DO UPDATE SET digest = excluded.digest, size = excluded.size, at = excluded.at
        WHERE artifact_paths.digest IS NOT NULL
        """;

    /// <summary>Streams bytes into the store and gives them a name; what had the name before loses it.</summary>
    public async Task<StoredArtifact> PutAsync(string path, Stream content, CancellationToken cancellation)
    {
        var stored = await store.PutAsync(content, options.MaxArtifactBytes, cancellation);
        await NameAsync(path, stored, null, cancellation);
        meter.Uploaded(stored.Size);
        return stored;
    }

    /// <summary>Gives stored bytes a name.</summary>
    /// <param name="also">What is to be kept in the same transaction.</param>
    public async Task NameAsync(
        string path, StoredArtifact stored, Func<TrackingTransaction, CancellationToken, Task>? also,
        CancellationToken cancellation)
    {
        if (path.Split('/')[0] == ArtifactPaths.Registered || !path.Contains('/'))
        {
            throw new RefusalException(RunRefusals.Invalid("path",
                $"Invalid path: '{path}' is no place of a run or a logged model; versions never change."));
        }

        await gate.WriteAsync(async (transaction, deadline) =>
        {
            var (now, folders) = (time.MicrosecondsNow(), ArtifactPaths.Folders(path).ToList());
            foreach (var folder in folders)
            {
                await transaction.ExecuteAsync("""
                    INSERT INTO artifact_paths (path, parent, digest, size, at) VALUES (@path, @parent, NULL, 0, @at)
                    ON CONFLICT (path) DO NOTHING
                    """, deadline, ("@path", folder), ("@parent", ArtifactPaths.Parent(folder)), ("@at", now));
                if (await FindAsync(transaction, folder, deadline) is not { IsFolder: true })
                    throw Taken(path, $"'{folder}' is a file");
            }

            var kept = await transaction.ExecuteAsync(
                "INSERT INTO artifact_paths (path, parent, digest, size, at) VALUES (@path, @parent, @digest, @size, "
                + $"@at) {PutFile}", deadline,
                ("@path", path), ("@parent", ArtifactPaths.Parent(path)), ("@digest", stored.Digest.ToString()),
                ("@size", stored.Size), ("@at", now));
            if (kept == 0)
                throw Taken(path, "it is a folder");
            if (also is not null)
                await also(transaction, deadline);
            return true;
        }, cancellation);

        // A collector may have taken the bytes before they had a name.
        if (!await store.ExistsAsync(stored.Digest, cancellation))
        {
            throw new RefusalException(new Refusal(RefusalKind.Unavailable, "artifact_collected",
                "The bytes were collected before they had a name; send them again."));
        }
    }

    /// <summary>What has a name; null for none.</summary>
    public async Task<ArtifactNode?> FindAsync(string path, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        if (Version(path) is { } version)
        {
            var files = await RegisteredAsync(statements, version, cancellation);
            return files.FirstOrDefault(file => file.Path == path);
        }

        return (await statements.QueryAsync(
            $"SELECT {Columns} FROM artifact_paths WHERE path = @path", Read, cancellation, ("@path", path)))
            .FirstOrDefault();
    }

    /// <summary>What lies in a folder, by name; nothing for a folder that is none.</summary>
    public async Task<IReadOnlyList<ArtifactNode>> ListAsync(string folder, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        if (Version(folder) is { } version)
            return Children(await RegisteredAsync(statements, version, cancellation), folder);
        return await statements.QueryAsync(
            $"SELECT {Columns} FROM artifact_paths WHERE parent = @parent ORDER BY path", Read, cancellation,
            ("@parent", folder));
    }

    /// <summary>Every file below a folder, or the file of that name itself.</summary>
    public async Task<IReadOnlyList<ArtifactNode>> FilesAsync(string path, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        if (Version(path) is { } version)
        {
            return [.. (await RegisteredAsync(statements, version, cancellation))
                .Where(file => file.Path == path || file.Path.StartsWith($"{path}/", StringComparison.Ordinal))];
        }

        return await statements.QueryAsync(
            $"SELECT {Columns} FROM artifact_paths WHERE (path = @path OR (path >= @first AND path < @behind)) "
            + "AND digest IS NOT NULL ORDER BY path", Read, cancellation,
            ("@path", path), ("@first", $"{path}/"), ("@behind", $"{path}0"));
    }

    /// <summary>Takes the names away from a file, or a folder with all in it; what is none is none afterwards too.
    /// </summary>
    public Task DeleteAsync(string path, CancellationToken cancellation) =>
        path.Split('/')[0] == ArtifactPaths.Registered
            ? throw new RefusalException(RunRefusals.Invalid("path", "Invalid path: versions never change."))
            : gate.WriteAsync((transaction, deadline) => transaction.ExecuteAsync(
                "DELETE FROM artifact_paths WHERE path = @path OR (path >= @first AND path < @behind)", deadline,
                ("@path", path), ("@first", $"{path}/"), ("@behind", $"{path}0")), cancellation);

    /// <summary>Opens the bytes of a file.</summary>
    public Task<Stream> OpenAsync(ArtifactNode file, CancellationToken cancellation) =>
        store.OpenAsync(file.Digest!.Value, cancellation);

    private static RefusalException Taken(string path, string why) => new(new Refusal(RefusalKind.Invalid,
        "path_taken", $"Invalid path: nothing can be stored at '{path}': {why}.")
    { Field = "path" });

    private static async Task<ArtifactNode?> FindAsync(
        TrackingTransaction transaction, string path, CancellationToken deadline) =>
        (await transaction.QueryAsync($"SELECT {Columns} FROM artifact_paths WHERE path = @path", Read, deadline,
            ("@path", path))).FirstOrDefault();

    private static ArtifactNode Read(DbDataReader row) => new(
        row.GetString(0),
        row.IsDBNull(1) ? null : Sha256Digest.TryParse(row.GetString(1), out var digest) ? digest : null,
        row.GetInt64(2), Instants.FromMicroseconds(row.GetInt64(3)));

    /// <summary>The version that a path lies in: <c>registered/MODEL/NUMBER/…</c>.</summary>
    private static (string Model, int Number)? Version(string path) =>
        path.Split('/') is [ArtifactPaths.Registered, var model, var text, ..] && int.TryParse(
            text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture,
            out var number)
            ? (model, number)
            : null;

    /// <summary>The files of a version, which its manifest names.</summary>
    private static async Task<List<ArtifactNode>> RegisteredAsync(
        Statements statements, (string Model, int Number) version, CancellationToken cancellation)
    {
        var found = await statements.QueryAsync(
            "SELECT manifest, created_at FROM versions WHERE model = @model AND number = @number",
            row => (Manifest: row.GetString(0), At: Instants.FromMicroseconds(row.GetInt64(1))), cancellation,
            ("@model", version.Model), ("@number", version.Number));
        if (found.Count == 0)
            return [];
        var root = string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{ArtifactPaths.Registered}/{version.Model}/{version.Number}");
        return [.. StoredJson.Read<Manifest>(found[0].Manifest).Files
            .Select(file => new ArtifactNode($"{root}/{file.Path}", file.Digest, file.Size, found[0].At))];
    }

    private static List<ArtifactNode> Children(List<ArtifactNode> files, string folder)
    {
        var children = new SortedDictionary<string, ArtifactNode>(StringComparer.Ordinal);
        foreach (var file in files.Where(file => file.Path.StartsWith($"{folder}/", StringComparison.Ordinal)))
        {
            var rest = file.Path[(folder.Length + 1)..];
            var slash = rest.IndexOf('/');
            var path = slash < 0 ? file.Path : $"{folder}/{rest[..slash]}";
            children[path] = slash < 0 ? file : new ArtifactNode(path, null, 0, file.At);
        }

        return [.. children.Values];
    }
}
