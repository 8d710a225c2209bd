using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Problems;
using Fairlead.Server.Registry;
using Fairlead.Server.Tracking.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Fairlead.Server.Tracking.Mlflow.MlflowRoutes;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>The artifact proxy, <c>/api/2.0/mlflow-artifacts/*</c>, and the listing of a run's files.</summary>
internal sealed class ArtifactRoutes(
    ArtifactTree tree, ArtifactUploads uploads, ArtifactLinks links, RunReads runs, ControlPlaneOptions options)
{
    private static readonly string[] Prefixes = ["/api/2.0/mlflow-artifacts/", "/ajax-api/2.0/mlflow-artifacts/"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Reads("GET", "artifacts/list", ListRunAsync);
        foreach (var address in (string[])["/get-artifact", "/ajax-api/2.0/mlflow/get-artifact"])
            routes.MapGet(address, GetOfRunAsync).Demands(Role.Viewer).OfProtocol();
        foreach (var prefix in Prefixes)
        {
            var one = prefix + "artifacts/{**path}";
            routes.MapGet(one, GetAsync).Demands(Role.Viewer).OfProtocol();
            routes.MapMethods(one, [HttpMethods.Head], GetAsync).Demands(Role.Viewer).OfProtocol();
            routes.Answers("PUT", one, Role.Operator, PutAsync);
            routes.Answers("DELETE", one, Role.Operator, DeleteAsync);
            routes.Answers("GET", prefix + "artifacts", Role.Viewer, Reading(ListAsync));
            routes.Answers("POST", prefix + "mpu/create/{**path}", Role.Operator, Reading(BeginAsync));
            routes.Answers("POST", prefix + "mpu/complete/{**path}", Role.Operator, Reading(CompleteAsync));
            routes.Answers("POST", prefix + "mpu/abort/{**path}", Role.Operator, Reading(AbortAsync));
            routes.Answers("GET", prefix + "presigned/{**path}", Role.Viewer, Reading(SignAsync));
        }

        // Clients send parts and fetch ranges without their key: the address is the right to do so.
        routes.MapPut(Prefixes[0] + "parts/{upload}/{part}", PutPartAsync).DemandsNothing().OfProtocol();
        routes.MapGet(Prefixes[0] + "linked/{**path}", GetLinkedAsync).DemandsNothing().OfProtocol();
    }

    /// <summary>The file of a path as an answer, with what a client needs to fetch it in parts and to verify it.
    /// </summary>
    public static async Task<IResult> FileAsync(
        HttpContext context, ArtifactTree tree, string path, CancellationToken cancellation)
    {
        if (await tree.FindAsync(path, cancellation) is not { Digest: { } digest } file)
        {
            throw new RefusalException(new Refusal(RefusalKind.NotFound, "artifact_not_found",
                $"No such artifact: '{path}'"));
        }

        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(digest.ToString()))}:";
        return Results.Stream(
            await tree.OpenAsync(file, cancellation), ContentType(path), ArtifactPaths.Name(path), file.At,
            new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{digest}\""), enableRangeProcessing: true);
    }

    private static Func<HttpContext, Task<Action<Utf8JsonWriter>>> Reading(MlflowAnswer answer) =>
        async context => await answer(await MlflowRequest.ReadAsync(context, MaxLargeBodyBytes));

    private async Task<Action<Utf8JsonWriter>> ListRunAsync(MlflowRequest request)
    {
        var run = await runs.RunAsync(request.RunId, request.Cancellation);
        return await ListBelowAsync(tree, run.ArtifactUri, request.Body.Text("path"), request.Cancellation);
    }

    /// <summary>A folder of a run or model: names below its root.</summary>
    public static async Task<Action<Utf8JsonWriter>> ListBelowAsync(
        ArtifactTree tree, string address, string? path, CancellationToken cancellation)
    {
        var root = ArtifactPaths.Of(address);
        IReadOnlyList<ArtifactNode> nodes = root is null
            ? []
            : await tree.ListAsync(ArtifactPaths.Below(root, path), cancellation);
        return json =>
        {
            json.WriteString("root_uri", address);
            json.Many("files", nodes, node => Node(json, node, node.Path[(root!.Length + 1)..]));
        };
    }

    private async Task<IResult> GetOfRunAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await MlflowRequest.ReadAsync(context, 0);
        var run = await runs.RunAsync(request.RunId, cancellation);
        var root = ArtifactPaths.Of(run.ArtifactUri)
            ?? throw request.Body.Refused("run_id", $"its artifacts are not here, they are at {run.ArtifactUri}.");
        return await FileAsync(
            context, tree, ArtifactPaths.Below(root, request.Body.Required("path")), cancellation);
    }

    private async Task<Action<Utf8JsonWriter>> ListAsync(MlflowRequest request)
    {
        var path = request.Body.Text("path")?.TrimEnd('/');
        var nodes = await tree.ListAsync(
            string.IsNullOrEmpty(path) ? "" : ArtifactPaths.Checked(path), request.Cancellation);
        return json => json.Many("files", nodes, node => Node(json, node, ArtifactPaths.Name(node.Path)));
    }

    private Task<IResult> GetAsync(HttpContext context, CancellationToken cancellation) =>
        FileAsync(context, tree, PathOf(context), cancellation);

    private async Task<Action<Utf8JsonWriter>> PutAsync(HttpContext context)
    {
        var path = PathOf(context);
        RequestBody.Limit(context, options.MaxArtifactBytes);
        var stored = await tree.PutAsync(path, context.Request.Body, context.RequestAborted);
        context.Response.Headers.ETag = $"\"{stored.Digest}\"";
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> DeleteAsync(HttpContext context)
    {
        await tree.DeleteAsync(PathOf(context), context.RequestAborted);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> BeginAsync(MlflowRequest request)
    {
        var path = UploadPath(request);
        var parts = request.Body.Integer("num_parts", 1, 1, ArtifactParts.Most);
        var id = await uploads.BeginAsync(path, parts, request.Cancellation);
        var root = Root(request.Context);
        return json =>
        {
            json.WriteString("upload_id", id);
            json.Many("credentials", Enumerable.Range(1, parts).ToList(), part =>
            {
                json.WriteStartObject();
                json.WriteString("url", $"{root}{Prefixes[0]}parts/{id}/{part}");
                json.WriteNumber("part_number", part);
                json.WriteStartObject("headers");
                json.WriteEndObject();
                json.WriteEndObject();
            });
        };
    }

    private async Task PutPartAsync(HttpContext context)
    {
        var (upload, part) = (RequestQuery.Route(context, "upload"), RequestQuery.RouteNumber(context, "part"));
        RequestBody.Limit(context, options.MaxArtifactBytes);
        var digest = await uploads.PutAsync(upload, part, context.Request.Body, context.RequestAborted);
        context.Response.Headers.ETag = $"\"{digest}\"";
    }

    private async Task<Action<Utf8JsonWriter>> CompleteAsync(MlflowRequest request)
    {
        var etags = new Dictionary<int, string>();
        foreach (var part in request.Body.Objects("parts"))
        {
            if (part.Text("etag") is { } etag)
                etags[part.Integer("part_number", 0, 1, ArtifactParts.Most)] = etag;
        }

        await uploads.CompleteAsync(
            request.Body.Required("upload_id"), UploadPath(request), etags, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> AbortAsync(MlflowRequest request)
    {
        await uploads.AbortAsync(request.Body.Required("upload_id"), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> SignAsync(MlflowRequest request)
    {
        var path = PathOf(request.Context);
        var file = await tree.FindAsync(path, request.Cancellation) is { IsFolder: false } found
            ? found
            : throw new RefusalException(new Refusal(RefusalKind.NotFound, "artifact_not_found",
                $"No such artifact: '{path}'"));
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var url = $"{Root(request.Context)}{Prefixes[0]}linked/{escaped}"
            + await links.SignAsync(path, request.Cancellation);
        return json =>
        {
            json.WriteString("url", url);
            json.WriteStartObject("headers");
            json.WriteEndObject();
            json.WriteNumber("file_size", file.Size);
        };
    }

    private async Task<IResult> GetLinkedAsync(HttpContext context, CancellationToken cancellation)
    {
        var path = PathOf(context);
        var query = context.Request.Query;
        return await links.IsGoodAsync(path, query["expires"], query["signature"], cancellation)
            ? await FileAsync(context, tree, path, cancellation)
            : throw new RefusalException(new Refusal(RefusalKind.NotFound, "link_invalid",
                "This link was not given by this server, or its time is over."));
    }

    /// <summary>The file of an upload: the folder in the address, and the last part of the client's own path.</summary>
    private static string UploadPath(MlflowRequest request)
    {
        var name = request.Body.Required("path").Replace('\\', '/').TrimEnd('/');
        return ArtifactPaths.Checked($"{PathOf(request.Context)}/{ArtifactPaths.Name(name)}");
    }

    private static string PathOf(HttpContext context) =>
        ArtifactPaths.Checked(context.Request.RouteValues["path"] as string ?? "");

    private static string Root(HttpContext context) =>
        $"{context.Request.Scheme}://{context.Request.Host.ToUriComponent()}";

    private static void Node(Utf8JsonWriter json, ArtifactNode node, string path)
    {
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteBoolean("is_dir", node.IsFolder);
        if (!node.IsFolder)
            json.WriteNumber("file_size", node.Size);
        json.WriteEndObject();
    }

    /// <summary>
    /// Texts are shown as texts; a page or a picture with scripts in it is only ever downloaded.
    /// </summary>
    private static string ContentType(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".json" => "application/json",
        ".txt" or ".md" or ".log" or ".py" or ".yaml" or ".yml" or ".cfg" or ".toml" => "text/plain; charset=utf-8",
        ".csv" => "text/csv; charset=utf-8",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        _ when ArtifactPaths.Name(path) is "MLmodel" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
}
