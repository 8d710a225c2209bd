using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Tracking.Artifacts;
using Fairlead.Server.Tracking.Mlflow;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Tracking;

/// <summary><c>/api/v1/runs/{run}/files</c>: what a run left behind.</summary>
internal static class RunFilesApi
{
    private const string Tag = "runs";
    private const string All = "/api/v1/runs/{run}/files";
    private const string Bytes = "application/octet-stream";

    public static void MapRunFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).Demands(Role.Viewer)
            .Described("listRunFiles", Tag, "Lists the files and folders of a run, one level",
                new QueryParameter("path", "string", "The folder; left out: the root"));
        routes.MapGet(All + "/content", GetAsync).Demands(Role.Viewer)
            .Described("getRunFile", Tag, "Gives the bytes of a run's file; ranges are answered",
                new QueryParameter("path", "string", "The file"))
            .Answers(StatusCodes.Status200OK, typeof(byte[]), Bytes);
    }

    private static async Task<Ok<Page<RunFileInfo>>> ListAsync(
        HttpContext context, RunReads runs, ArtifactTree tree, CancellationToken cancellation)
    {
        var run = await runs.RunAsync(RequestQuery.Route(context, "run"), cancellation);
        if (ArtifactPaths.Of(run.ArtifactUri) is not { } root)
            return TypedResults.Ok(new Page<RunFileInfo>([]));
        var nodes = await tree.ListAsync(
            ArtifactPaths.Below(root, RequestQuery.Text(context, "path")), cancellation);
        return TypedResults.Ok(new Page<RunFileInfo>([.. nodes.Select(node => new RunFileInfo(
            node.Path[(root.Length + 1)..], node.IsFolder, node.IsFolder ? null : node.Size,
            node.Digest?.ToString()))]));
    }

    private static async Task<IResult> GetAsync(
        HttpContext context, RunReads runs, ArtifactTree tree, CancellationToken cancellation)
    {
        var path = RequestQuery.Text(context, "path") ?? throw new RefusalException(
            new Refusal(RefusalKind.Invalid, "invalid_parameter", "'path' names the file.") { Field = "path" });
        var run = await runs.RunAsync(RequestQuery.Route(context, "run"), cancellation);
        var root = ArtifactPaths.Of(run.ArtifactUri) ?? throw new RefusalException(new Refusal(
            RefusalKind.NotFound, "artifact_not_found",
            $"The run's files are not here, they are at {run.ArtifactUri}."));
        return await ArtifactRoutes.FileAsync(context, tree, ArtifactPaths.Below(root, path), cancellation);
    }
}
