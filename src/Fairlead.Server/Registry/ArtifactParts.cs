using System.Buffers;
using System.Security.Cryptography;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;

namespace Fairlead.Server.Registry;

/// <summary>
/// Large artifacts in parts, each an artifact of its own: what an interrupted transfer brought is found by its digest,
/// and nothing has to be remembered of it.
/// </summary>
internal sealed class ArtifactParts(
    IArtifactStore store, GarbageCollection garbage, ControlPlaneOptions options, TimeProvider time)
{
    /// <summary>Most parts of an artifact.</summary>
    public const int Most = 10_000;

    private const int PieceBytes = 128 << 10;

    /// <summary>The parts of an artifact, each of a length but the last, which is read once for it.</summary>
    public async Task<ArtifactPartsInfo> OfAsync(Sha256Digest artifact, long size, CancellationToken cancellation)
    {
        await using var content = await store.OpenAsync(artifact, cancellation);
        var least = Math.Max(1, (content.Length + Most - 1) / Most);
        if (size < least)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                $"An artifact of {content.Length} bytes has at most {Most} parts, so that 'size' is at least {least}.")
            { Field = "size" });
        }

        var parts = new List<string>();
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (long left = content.Length; left > 0;)
            {
                var part = Math.Min(size, left);
                left -= part;
                while (part > 0)
                {
                    var read = await content.ReadAsync(
                        piece.AsMemory(0, (int)Math.Min(part, PieceBytes)), cancellation);
                    if (read == 0)
                        throw new EndOfStreamException($"The artifact {artifact} is shorter than it says.");
                    sum.AppendData(piece, 0, read);
                    part -= read;
                }

                parts.Add(Convert.ToHexStringLower(sum.GetHashAndReset()));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        return new ArtifactPartsInfo { Digest = artifact.ToString(), PartSize = size, Parts = parts };
    }

    /// <summary>
    /// Stores what some artifacts are behind one another; it must have the digest that is said. The parts go then, as
    /// far as nothing else refers to them. What is there already is not put together again.
    /// </summary>
    public async Task<StoredArtifact> JoinAsync(
        Principal principal, Sha256Digest expected, IReadOnlyList<Sha256Digest> parts, CancellationToken cancellation)
    {
        if (parts.Count is 0 or > Most)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parts",
                $"An artifact is put together of 1 to {Most} parts, and not of {parts.Count}.")
            { Field = "parts" });
        }

        if (await store.ExistsAsync(expected, cancellation))
        {
            await using var known = await store.OpenAsync(expected, cancellation);
            return new StoredArtifact(expected, known.Length);
        }

        try
        {
            await using var whole = new PartsStream(store, parts);
            var stored = await store.PutAsync(whole, options.MaxArtifactBytes, cancellation);
            if (stored.Digest != expected)
            {
                throw new RefusalException(new Refusal(RefusalKind.Invalid, "digest_mismatch",
                    $"The parts together have the SHA-256 {stored.Digest}, not {expected}.")
                { Field = "parts" });
            }

            var now = time.GetUtcNow();
            await garbage.ReleaseAsync(principal, parts.Zip(whole.Lengths)
                .Where(part => part.First != expected)
                .Select(part => new ArtifactEntry(part.First, part.Second, now)), cancellation);
            return stored;
        }
        catch (ArtifactMissingException missing)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "artifacts_missing",
                $"The part {missing.Digest} is not here. Send it with PUT /api/v1/artifacts and ask again.")
            { Field = "parts" });
        }
    }
}
