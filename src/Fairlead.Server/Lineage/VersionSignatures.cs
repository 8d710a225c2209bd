using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Lineage;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Lineage;

/// <summary>The signatures of versions: verified when they come, and again whenever an endpoint relies on them.
/// </summary>
internal static class VersionSignatures
{
    /// <summary>Most keys that sign one version.</summary>
    public const int MaxOfVersion = 20;

    private const string Route = "/api/v1/models/{model}/versions/{number}/signatures";

    public static void MapSignatures(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, ListAsync).Demands(Role.Viewer, model: "model")
            .Described("listSignatures", "lineage", "Lists the signatures of a version");
        routes.MapPut(Route, PutAsync).Demands(Role.Operator, model: "model")
            .Accepts<PutSignatureRequest>("application/json")
            .Described("putSignature", "lineage", "Stores a signature of a version, once it is verified");
    }

    /// <summary>The files that a signature is about.</summary>
    public static IReadOnlyCollection<(string Path, Sha256Digest Digest)> Files(VersionRow version) =>
        [.. StoredJson.Read<Manifest>(version.Manifest).Files.Select(file => (file.Path, file.Digest))];

    private static async Task<Ok<IReadOnlyList<SignatureInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var id = Id(context);
        return TypedResults.Ok(await database.ReadAsync<IReadOnlyList<SignatureInfo>>(async db =>
        {
            var version = await RegistryViews.FindVersionAsync(db, id, cancellation);
            var rows = await db.VersionSignatures.AsNoTracking()
                .Where(row => row.Model == version.Model && row.Number == version.Number)
                .OrderBy(row => row.Id).ToListAsync(cancellation);
            return rows.ConvertAll(Shown);
        }, cancellation));
    }

    private static async Task<Ok<SignatureInfo>> PutAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var id = Id(context);
        var request = await RequestBody.ReadAsync<PutSignatureRequest>(context, RequestBody.MaxListBytes);
        var bundle = request.Bundle.GetRawText();
        if (bundle.Length > ModelSignature.MaxBundle)
            throw Invalid("bundle", $"A bundle has at most {ModelSignature.MaxBundle} characters.");
        using var key = ModelSignature.ReadPublicKey(request.PublicKey)
            ?? throw Invalid("publicKey", "It is not the PEM text of a public key over P-256, P-384 or P-521.");
        return TypedResults.Ok(await control.WriteAsync(context.Caller(), request.Reason, async write =>
        {
            var version = await RegistryViews.FindVersionAsync(write.Db, id, write.Cancellation);
            if (ModelSignature.WhyNot(bundle, key, Files(version)) is { } why)
                throw Invalid("bundle", $"It is no valid signature of {id}: {why}.");

            var hint = ModelSignature.KeyHint(key);
            var rows = await write.Db.VersionSignatures
                .Where(row => row.Model == version.Model && row.Number == version.Number)
                .ToListAsync(write.Cancellation);
            var row = rows.Find(each => each.KeyHint == hint);
            if (row is null && rows.Count >= MaxOfVersion)
                throw Invalid("publicKey", $"{id} is signed by {MaxOfVersion} keys already.");
            if (row is null)
            {
                write.Db.VersionSignatures.Add(row = new VersionSignatureRow
                {
                    Model = version.Model,
                    Number = version.Number,
                    KeyHint = hint,
                });
            }

            (row.Bundle, row.PublicKey) = (bundle, key.ExportSubjectPublicKeyInfoPem());
            (row.Who, row.At) = (write.Principal.Name, write.NowMicroseconds);
            write.Record("version.sign", ModelWrites.Subject(id), null, new { keyHint = hint });
            await write.Db.SaveChangesAsync(write.Cancellation);
            return Shown(row);
        }, cancellation));
    }

    private static SignatureInfo Shown(VersionSignatureRow row) => new()
    {
        KeyHint = row.KeyHint,
        PublicKey = row.PublicKey,
        Bundle = JsonSerializer.Deserialize<JsonElement>(row.Bundle),
        Who = row.Who,
        When = Instants.FromMicroseconds(row.At),
    };

    private static VersionId Id(HttpContext context) =>
        new(ModelsApi.Model(context), RequestQuery.RouteNumber(context, "number"));

    private static RefusalException Invalid(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_signature", message) { Field = field });
}
