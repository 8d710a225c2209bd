namespace Fairlead.Server.Records.Shared;

/// <summary>
/// Which tables of records a replica has put into the bucket: read as a whole, replaced as a whole, so that nobody sees
/// a merge or a removal by half.
/// </summary>
internal sealed record RecordManifest
{
    /// <summary>Whose records folder it is; another folder under the same name of a replica is another one.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the replica.</summary>
    public required string Replica { get; init; }

    /// <summary>Where other replicas reach it; null when it was not told.</summary>
    public string? Address { get; init; }

    public required IReadOnlyList<SharedTable> Tables { get; init; }
}

/// <summary>A table in the bucket.</summary>
/// <param name="Name">Endpoint, day, source and part, as <see cref="Serving.Records.Tables.RecordTable"/> writes them.
/// </param>
/// <param name="Digest">The SHA-256 of its bytes, by which it is stored.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record SharedTable(string Name, string Digest, long Size);

/// <summary>A manifest as it was found in the bucket.</summary>
/// <param name="Object">Where, and when it was put there.</param>
/// <param name="Manifest">What it says.</param>
internal sealed record FoundManifest(Storage.S3.BucketObject Object, RecordManifest Manifest);
