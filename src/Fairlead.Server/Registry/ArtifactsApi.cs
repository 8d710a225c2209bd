using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Registry;

/// <summary><c>/api/v1/artifacts</c> and their garbage collection.</summary>
internal static class ArtifactsApi
{
    private const string Tag = "artifacts";
    private const string One = "/api/v1/artifacts/{digest}";
    private const string Parts = One + "/parts";
    private const string Bytes = "application/octet-stream";

    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/v1/artifacts", PutAsync).Demands(Role.Operator)
            .Described("putArtifact", Tag, "Stores bytes under their SHA-256", new BodyDescription(null, Bytes),
                new QueryParameter("digest", "string", "The SHA-256 that the bytes must have"));
        routes.MapMethods(One, [HttpMethods.Head], HeadAsync).Demands(Role.Operator)
            .Described("hasArtifact", Tag, "Says whether an artifact is stored")
            .Answers(StatusCodes.Status200OK);
        routes.MapGet(One, GetAsync).Demands(Role.Viewer)
            .Described("getArtifact", Tag, "Gives an artifact's bytes; ranges are answered")
            .Answers(StatusCodes.Status200OK, typeof(byte[]), Bytes);
        routes.MapGet(Parts, GetPartsAsync).Demands(Role.Viewer)
            .Described("getArtifactParts", Tag, "Gives the digests of an artifact's parts, which is read for it",
                new QueryParameter("size", "integer", "Bytes of each part but the last"));
        routes.MapPut(Parts, PutPartsAsync).Demands(Role.Operator)
            .Accepts<PutArtifactPartsRequest>("application/json")
            .Described("putArtifactParts", Tag, "Stores an artifact from parts that were stored before");
        routes.MapPost("/api/v1/garbage-collection", CollectAsync).Demands(Role.Operator)
            .Described("collectGarbage", Tag, "Removes artifacts that no version refers to",
                new QueryParameter("dryRun", "boolean", "Only say what would go"));
    }

    private static async Task<Ok<ArtifactInfo>> PutAsync(
        HttpContext context, IArtifactStore store, ControlPlaneOptions options, CancellationToken cancellation)
    {
        var expected = RequestQuery.Text(context, "digest") is { } text ? Parse(text) : (Sha256Digest?)null;
        RequestBody.Limit(context, options.MaxArtifactBytes);
        var stored = await store.PutAsync(context.Request.Body, options.MaxArtifactBytes, cancellation);

        // Bytes that nobody refers to harm nobody; the collector takes them.
        return expected is null || expected == stored.Digest
            ? TypedResults.Ok(new ArtifactInfo(stored.Digest.ToString(), stored.Size))
            : throw new RefusalException(new Refusal(RefusalKind.Invalid, "digest_mismatch",
                $"The bytes have the SHA-256 {stored.Digest}, not {expected}; they were changed on the way.")
            { Field = "digest" });
    }

    private static async Task<IResult> HeadAsync(
        HttpContext context, IArtifactStore store, CancellationToken cancellation) =>
        await store.ExistsAsync(Digest(context), cancellation) ? Results.Ok() : Results.NotFound();

    private static async Task<IResult> GetAsync(
        HttpContext context, IArtifactStore store, Database database, CancellationToken cancellation)
    {
        var digest = Digest(context);
        await ThrowIfHiddenAsync(context.Caller(), digest, database, cancellation);
        try
        {
            return Results.Stream(await store.OpenAsync(digest, cancellation), Bytes, enableRangeProcessing: true);
        }
        catch (ArtifactMissingException)
        {
            throw new RefusalException(NotFound(digest));
        }
    }

    private static async Task<Ok<ArtifactPartsInfo>> GetPartsAsync(
        HttpContext context, ArtifactParts parts, Database database, CancellationToken cancellation)
    {
        var digest = Digest(context);
        await ThrowIfHiddenAsync(context.Caller(), digest, database, cancellation);
        try
        {
            return TypedResults.Ok(await parts.OfAsync(
                digest, RequestQuery.Number(context, "size") ?? FairleadClient.ArtifactPartBytes, cancellation));
        }
        catch (ArtifactMissingException)
        {
            throw new RefusalException(NotFound(digest));
        }
    }

    private static async Task<Ok<ArtifactInfo>> PutPartsAsync(
        HttpContext context, ArtifactParts parts, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<PutArtifactPartsRequest>(context);
        var stored = await parts.JoinAsync(
            context.Caller(), Digest(context), [.. request.Parts.Select(part => Parse(part ?? ""))], cancellation);
        return TypedResults.Ok(new ArtifactInfo(stored.Digest.ToString(), stored.Size));
    }

    /// <summary>A key that is limited to models sees the files of those models only.</summary>
    private static async Task ThrowIfHiddenAsync(
        Principal caller, Sha256Digest digest, Database database, CancellationToken cancellation)
    {
        if (caller.Models.IsEmpty)
            return;

        var (name, models) = (digest.ToString(), caller.Models.ToList());
        if (!await database.ReadAsync(db => db.VersionFiles.AnyAsync(
            file => file.Digest == name && models.Contains(file.Model), cancellation), cancellation))
        {
            throw new RefusalException(NotFound(digest));
        }
    }

    private static async Task<Ok<GarbageCollectionInfo>> CollectAsync(
        HttpContext context, GarbageCollection garbage, CancellationToken cancellation) =>
        TypedResults.Ok(
            await garbage.CollectAsync(context.Caller(), RequestQuery.Flag(context, "dryRun"), cancellation));

    private static Sha256Digest Digest(HttpContext context) => Parse(RequestQuery.Route(context, "digest"));

    private static Sha256Digest Parse(string text) => Sha256Digest.TryParse(text, out var digest)
        ? digest
        : throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_digest",
            "A digest is the SHA-256 of the bytes, 64 hexadecimal digits.")
        { Field = "digest" });

    private static Refusal NotFound(Sha256Digest digest) =>
        new(RefusalKind.NotFound, "artifact_not_found", $"There is no artifact {digest}.");
}
