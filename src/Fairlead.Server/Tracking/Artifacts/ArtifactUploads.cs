using System.Security.Cryptography;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Storage;

namespace Fairlead.Server.Tracking.Artifacts;

/// <summary>
/// Uploads in parts: each part is an artifact of its own until the last has come, then all become one file, checked
/// while it is put together.
/// </summary>
internal sealed class ArtifactUploads(
    Database database, ITrackingGate gate, IArtifactStore store, ArtifactTree tree, ControlPlaneOptions options,
    TimeProvider time)
{
    /// <summary>An upload that was begun so long ago and never ended is given up.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    /// <summary>So many parts has an upload whose parts became a file.</summary>
    private const int Ended = 0;

    /// <summary>Begins an upload; the word under which its parts are sent, which nobody can guess.</summary>
    public async Task<string> BeginAsync(string path, int parts, CancellationToken cancellation)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var forgotten = (time.GetUtcNow() - Life).ToMicroseconds();
        await gate.WriteAsync(async (transaction, deadline) =>
        {
            await transaction.ExecuteAsync(
                "DELETE FROM upload_parts WHERE upload IN (SELECT id FROM uploads WHERE started_at < @before)",
                deadline, ("@before", forgotten));
            await transaction.ExecuteAsync(
                "DELETE FROM uploads WHERE started_at < @before", deadline, ("@before", forgotten));
            return await transaction.ExecuteAsync(
                "INSERT INTO uploads (id, path, parts, started_at) VALUES (@id, @path, @parts, @at)", deadline,
                ("@id", id), ("@path", path), ("@parts", parts), ("@at", time.MicrosecondsNow()));
        }, cancellation);
        return id;
    }

    /// <summary>Takes one part; its digest, by which the client knows it.</summary>
    public async Task<Sha256Digest> PutAsync(string upload, int part, Stream content, CancellationToken cancellation)
    {
        var (_, parts) = await FindAsync(upload, cancellation);
        if (parts == Ended)
            throw new RefusalException(NotFound(upload));
        if (part < 1 || part > parts)
            throw new RefusalException(RunRefusals.Invalid("part_number", $"The upload has the parts 1 to {parts}."));
        var stored = await store.PutAsync(content, options.MaxArtifactBytes, cancellation);
        await gate.WriteAsync((transaction, deadline) => transaction.ExecuteAsync("""
            INSERT INTO upload_parts (upload, number, digest, size) VALUES (@upload, @number, @digest, @size)
            ON CONFLICT (upload, number) DO UPDATE SET digest = excluded.digest, size = excluded.size
            """, deadline,
            ("@upload", upload), ("@number", part), ("@digest", stored.Digest.ToString()), ("@size", stored.Size)),
            cancellation);
        return stored.Digest;
    }

    /// <summary>Ends an upload: its parts become one file.</summary>
    /// <param name="etags">The parts by number with the digests that the client was told.</param>
    public async Task CompleteAsync(
        string upload, string path, IReadOnlyDictionary<int, string> etags, CancellationToken cancellation)
    {
        var (known, parts) = await FindAsync(upload, cancellation);
        if (known != path)
            throw new RefusalException(NotFound(upload));
        if (parts == Ended)
            return;
        var came = await PartsAsync(upload, cancellation);
        for (var i = 1; i <= parts; i++)
        {
            if (!came.TryGetValue(i, out var digest) && (await FindAsync(upload, cancellation)).Parts == Ended)
                return;
            if (digest == default)
                throw new RefusalException(RunRefusals.Invalid("parts", $"Part {i} of {parts} has not come."));
            if (etags.TryGetValue(i, out var etag) && etag.Trim('"') != digest.ToString())
                throw new RefusalException(RunRefusals.Invalid("parts", $"Part {i} is not the one that came."));
        }

        await using var whole = new PartsStream(store, [.. came.OrderBy(each => each.Key).Select(each => each.Value)]);
        var stored = await store.PutAsync(whole, options.MaxArtifactBytes, cancellation);
        await tree.NameAsync(path, stored, (transaction, deadline) => EndAsync(transaction, upload, deadline),
            cancellation);
    }

    /// <summary>Gives an upload up; one that is none is none afterwards too.</summary>
    public Task AbortAsync(string upload, CancellationToken cancellation) =>
        gate.WriteAsync((transaction, deadline) => RemoveAsync(transaction, upload, deadline), cancellation);

    /// <summary>
    /// Takes the parts away and remembers that the file is whole: a client that heard nothing of it ends the upload
    /// again.
    /// </summary>
    private static async Task EndAsync(TrackingTransaction transaction, string upload, CancellationToken deadline)
    {
        await transaction.ExecuteAsync(
            "DELETE FROM upload_parts WHERE upload = @upload", deadline, ("@upload", upload));
        await transaction.ExecuteAsync(
            "UPDATE uploads SET parts = @ended WHERE id = @upload", deadline, ("@ended", Ended), ("@upload", upload));
    }

    private static async Task<bool> RemoveAsync(
        TrackingTransaction transaction, string upload, CancellationToken deadline)
    {
        await transaction.ExecuteAsync(
            "DELETE FROM upload_parts WHERE upload = @upload", deadline, ("@upload", upload));
        return await transaction.ExecuteAsync("DELETE FROM uploads WHERE id = @upload", deadline, ("@upload", upload))
            > 0;
    }

    private async Task<(string Path, int Parts)> FindAsync(string upload, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync("SELECT path, parts FROM uploads WHERE id = @id",
            row => (row.GetString(0), row.GetInt32(1)), cancellation, ("@id", upload)) is [var found]
            ? found
            : throw new RefusalException(NotFound(upload));
    }

    private async Task<Dictionary<int, Sha256Digest>> PartsAsync(string upload, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var parts = await statements.QueryAsync("SELECT number, digest FROM upload_parts WHERE upload = @id",
            row => (row.GetInt32(0), Sha256Digest.TryParse(row.GetString(1), out var digest) ? digest : default),
            cancellation, ("@id", upload));
        return parts.ToDictionary(part => part.Item1, part => part.Item2);
    }

    private static Refusal NotFound(string upload) => new(RefusalKind.NotFound, "upload_not_found",
        $"There is no upload '{(upload.Length > 64 ? upload[..64] : upload)}'; it ended, or is older than 7 days.");
}
