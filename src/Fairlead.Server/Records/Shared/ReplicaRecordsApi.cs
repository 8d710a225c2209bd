using System.Globalization;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Access;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Records.Shared;

/// <summary>
/// What replicas answer to one another, and to nobody else: the newest records, which are in no table yet.
/// </summary>
internal static class ReplicaRecordsApi
{
    private static int _count;

    public static void MapReplicaRecords(this IEndpointRouteBuilder routes) =>
        routes.MapGet(ReplicaCalls.Path, GetAsync).DemandsNothing().ExcludeFromDescription();

    private static async Task GetAsync(
        HttpContext context, ReplicaCalls calls, RecordStore store, DataFolder folder, CancellationToken cancellation)
    {
        if (context.RequestServices.GetService<SharedRecords>() is not { } shared
            || !await calls.IsOursAsync(context.Request.Headers[ReplicaCalls.Header], cancellation))
        {
            throw new RefusalException(new Refusal(RefusalKind.NotFound, "no_route",
                "There is nothing at this address for anybody but other replicas."));
        }

        var scratch = new ScratchFolderOfAnswer(folder);
        context.Response.RegisterForDispose(scratch);
        var files = new List<FreshFile>();

        // The files and the tables of one moment: a record is in one of them and not in both.
        var manifest = await shared.SyncAsync(() =>
        {
            foreach (var path in store.Log.AllFiles())
            {
                var link = scratch.PathOf(files.Count);
                if (!FileSystem.TryLink(path, link))
                    File.Copy(path, link);
                files.Add(new FreshFile(Path.GetFileNameWithoutExtension(path), new FileInfo(link).Length));
            }
        }, cancellation);
        if (files.Sum(file => file.Bytes) > ReplicaCalls.MaxBytes)
        {
            throw new RefusalException(new Refusal(RefusalKind.Unavailable, "too_many_records",
                "More records wait here to be rolled than another replica takes; ask this one itself."));
        }

        context.Response.ContentType = "application/octet-stream";
        await ReplicaCalls.WriteAsync(
            context.Response.Body, new FreshRecords(manifest, files), i => File.OpenRead(scratch.PathOf(i)),
            cancellation);
    }

    /// <summary>Links to the files of one answer, which go with it.</summary>
    private sealed class ScratchFolderOfAnswer(DataFolder folder) : IDisposable
    {
        private readonly string _path = Directory.CreateDirectory(Path.Combine(
            folder.Path, "records", "answers",
            Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture))).FullName;

        public string PathOf(int file) => Path.Combine(_path, file.ToString(CultureInfo.InvariantCulture));

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
