using System.Text.Json;
using Fairlead.Server.Storage;

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

    /// <summary>Every part of it is there.</summary>
    public bool IsWhole => Id is not null && Replica is not null && Tables is not null
        && Tables.All(table => table is { Name: not null, Digest: not null, Size: >= 0 });

    /// <summary>Reads what a replica has put; throws <see cref="InvalidDataException"/> for what none has.</summary>
    public static RecordManifest Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<RecordManifest>(bytes, StoredJson.Options) is { IsWhole: true } manifest
                ? manifest
                : throw new InvalidDataException("A replica's list of tables lacks a part.");
        }
        catch (JsonException unreadable)
        {
            throw new InvalidDataException("A replica's list of tables cannot be read.", unreadable);
        }
    }
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
