using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Access;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Hosting;
using Fairlead.Server.Records.Shared;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Records.Query;

/// <summary>
/// Answers questions to the prediction log in child processes (<c>answer-query</c>). A question gets a folder of its
/// own with links to the tables of the endpoints that the caller may ask; the newest records come from the append log.
/// </summary>
internal sealed class RecordQueries(
    RecordStore store, Database database, DataFolder folder, Replica replica, ControlPlaneOptions options,
    TimeProvider time, OtherRecords? others = null)
    : IDisposable
{
    private const int MaxAnswerBytes = 16 << 20;
    private const int MaxAtOnce = 2;
    private const int Threads = 2;

    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestExport = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim _places = new(MaxAtOnce, MaxAtOnce);
    private readonly ConcurrentDictionary<ExportedRecords, bool> _exports = new();
    private int _swept;

    /// <summary>Answers a question; the answer is JSON of the form of <see cref="QueriedPredictions"/>.</summary>
    public async Task<string> AnswerAsync(
        Principal caller, QueryPredictionsRequest request, CancellationToken cancellation)
    {
        QueryRules.ThrowIfUnfit(request);
        var endpoints = await EndpointsAsync(caller, request.Endpoints, cancellation);
        using var place = await PlaceAsync(cancellation);
        using var scratch = Scratch();
        var (asked, missing) = await AskAsync(scratch.Folder, endpoints, cancellation);
        var question = asked with
        {
            Sql = request.Sql,
            MaxRows = request.MaxRows,
            MaxBytes = MaxAnswerBytes,
        };
        var answer = (await RunAsync(question, request.Timeout, cancellation)).Output;
        return missing.Count == 0
            ? answer
            : $"{answer.AsSpan().TrimEnd()[..^1]},\"notIncluded\":{StoredJson.Write(missing)}}}";
    }

    /// <summary>Writes the records of an endpoint to a file; disposing the result removes it.</summary>
    public async Task<ExportedRecords> ExportAsync(
        Principal caller, EndpointName endpoint, string format, DateTimeOffset? from, DateTimeOffset? to,
        CancellationToken cancellation)
    {
        var endpoints = await EndpointsAsync(caller, [endpoint.ToString()], cancellation);
        using var place = await PlaceAsync(cancellation);
        var scratch = Scratch();
        try
        {
            var file = "export." + format;
            var path = Path.Combine(scratch.Folder, file);
            var export = new ExportedRecords(scratch, path, endpoints[0].Number, _exports);
            await WriteAsync(export, endpoints, new AskedExport(format, file, from, to), cancellation);
            return export;
        }
        catch
        {
            scratch.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Breaks off the exports of an endpoint that are being sent: they hold records of somebody who shall be forgotten.
    /// </summary>
    public void BreakOff(int endpoint)
    {
        foreach (var export in _exports.Keys.Where(export => export.Endpoint == endpoint))
            export.BreakOff();
    }

    public void Dispose() => _places.Dispose();

    /// <summary>Writes an export, and writes it again while somebody was forgotten meanwhile.</summary>
    private async Task WriteAsync(
        ExportedRecords export, List<(int Number, string Name)> endpoints, AskedExport asked,
        CancellationToken cancellation)
    {
        while (true)
        {
            RemoveOthers(export.Folder);
            var (records, missing) = await AskAsync(export.Folder, endpoints, cancellation);
            var question = records with { Export = asked };
            await RunAsync(question, LongestExport, cancellation);
            export.NotIncluded = missing;
            await store.Forgotten.RefreshAsync(cancellation);
            if (store.Forgotten.All.Count(each => each.Endpoint == export.Endpoint)
                == question.Forgotten.Count(each => each.Endpoint == export.Endpoint))
            {
                return;
            }
        }
    }

    /// <summary>The other replicas that are alive: what they recorded lies with them.</summary>
    private async Task<List<string>> OthersAsync(CancellationToken cancellation)
    {
        if (!database.IsShared)
            return [];
        var since = (time.GetUtcNow() - options.ReplicaLease).ToMicroseconds();
        return await database.ReadAsync(db => db.Replicas
            .Where(row => row.Name != replica.Name && row.HeartbeatAt >= since)
            .OrderBy(row => row.Name).Select(row => row.Name).ToListAsync(cancellation), cancellation);
    }

    private async Task<IDisposable> PlaceAsync(CancellationToken cancellation)
    {
        if (!await _places.WaitAsync(LongestTurn, cancellation))
        {
            throw new RefusalException(new Refusal(RefusalKind.Unavailable, "too_many_queries",
                $"{MaxAtOnce} questions to the prediction log are being answered; ask again later."));
        }

        return new Place(_places);
    }

    /// <summary>The endpoints that are asked for, or all that the caller may ask; deleted ones have no name.</summary>
    private async Task<List<(int Number, string Name)>> EndpointsAsync(
        Principal caller, IReadOnlyList<string>? wanted, CancellationToken cancellation)
    {
        foreach (var name in wanted ?? [])
        {
            var demand = new Demand(Role.Operator, name);
            if (!AccessPolicy.Allows(caller, demand))
                throw new RefusalException(AccessRefusals.Forbidden(caller, demand));
        }

        var all = await database.ReadAsync(db => db.Endpoints.Where(row => row.DeletedAt == null)
            .Select(row => new { row.Number, row.Name }).ToListAsync(cancellation), cancellation);
        foreach (var name in wanted ?? [])
        {
            if (all.TrueForAll(row => row.Name != name))
            {
                throw new RefusalException(new Refusal(
                    RefusalKind.NotFound, "endpoint_not_found", $"There is no endpoint '{name}'."));
            }
        }

        return [.. all
            .Where(row => wanted is null
                ? AccessPolicy.Allows(caller, new Demand(Role.Operator, row.Name))
                : wanted.Contains(row.Name))
            .Select(row => (row.Number, row.Name))];
    }

    /// <summary>What an earlier turn laid out of other replicas.</summary>
    private static void RemoveOthers(string scratch)
    {
        foreach (var left in Directory.GetFiles(scratch, "o*"))
            File.Delete(left);
    }

    /// <summary>
    /// Takes down which files hold the records now, and links the tables; with the replicas whose records are not in
    /// them.
    /// </summary>
    private async Task<(Question Question, IReadOnlyList<string> Missing)> AskAsync(
        string scratch, List<(int Number, string Name)> endpoints, CancellationToken cancellation)
    {
        await store.Forgotten.RefreshAsync(cancellation);
        var live = await OthersAsync(cancellation);
        var own = await AskHereAsync(scratch, endpoints, cancellation);
        if (others is null)
            return (own, live);
        var numbers = endpoints.Select(endpoint => endpoint.Number).ToHashSet();
        var gathered = await others.GatherAsync(scratch, numbers, live, cancellation);
        return (own with
        {
            Fresh = [.. own.Fresh, .. gathered.Fresh],
            Endpoints = [.. own.Endpoints.Select(endpoint => endpoint with
            {
                Tables = [.. endpoint.Tables, .. gathered.Tables[endpoint.Number]],
            })],
        }, gathered.Missing);
    }

    private Task<Question> AskHereAsync(
        string scratch, List<(int Number, string Name)> endpoints, CancellationToken cancellation) =>
        store.InTurnAsync(() =>
        {
            var count = 0;
            var fresh = new List<string>();
            foreach (var path in store.Log.AllFiles())
                fresh.Add(Link(path, scratch, ref count));

            // While its file is there, what a roll left of it counts twice.
            var sources = store.Log.AllFiles().Select(Path.GetFileNameWithoutExtension).ToHashSet();
            return new Question
            {
                Folder = scratch,
                EngineBytes = options.QueryMemoryBytes / 2,
                Threads = Threads,
                Fresh = fresh,
                Forgotten = store.Forgotten.All,
                Endpoints = [.. endpoints.Select(endpoint => new AskedEndpoint(endpoint.Number, endpoint.Name,
                    [.. store.Tables.List(endpoint.Number).Where(table => !sources.Contains(table.Source))
                        .Select(store.Tables.Fetch).OfType<string>()
                        .Select(path => Path.GetFileName(Link(path, scratch, ref count)))]))],
            };
        }, cancellation);

    private static string Link(string path, string scratch, ref int count)
    {
        var number = (++count).ToString(CultureInfo.InvariantCulture);
        var name = Path.Combine(scratch, number + Path.GetExtension(path));
        if (!FileSystem.TryLink(path, name))
            File.Copy(path, name);
        return name;
    }

    private async Task<ChildResult> RunAsync(Question question, TimeSpan limit, CancellationToken cancellation)
    {
        ChildResult child;
        try
        {
            child = await ChildProcess.RunAsync(
                options.QueryProgram, ["answer-query"], StoredJson.Write(question),
                new ChildLimits(limit, options.QueryMemoryBytes, Threads * limit, MaxAnswerBytes * 2), time,
                cancellation);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw Refused(RefusalKind.Unavailable, "query_failed", $"No question can be answered: {failure.Message}");
        }

        return child switch
        {
            { Stopped: ChildStop.Memory } => throw Refused(RefusalKind.Invalid, "query_too_large", string.Create(
                CultureInfo.InvariantCulture,
                $"The question took more than the allowed {options.QueryMemoryBytes >> 20} MiB.")),
            { Stopped: not ChildStop.None } => throw Refused(RefusalKind.Invalid, "query_timeout",
                $"The question was not answered within {DurationText.Format(limit)}."),
            { ExitCode: 0 } => child,
            { ExitCode: QueryChild.Refused } => throw Refused(RefusalKind.Invalid, "invalid_sql", child.Errors),
            _ => throw Refused(RefusalKind.Unavailable, "query_failed",
                $"The question could not be answered ({child.CrashText}). {child.Errors}"),
        };
    }

    private ScratchFolder Scratch()
    {
        var all = Path.Combine(folder.Path, "records", "queries");

        // What an earlier process left behind.
        if (Interlocked.Exchange(ref _swept, 1) == 0 && Directory.Exists(all))
            Directory.Delete(all, recursive: true);
        var name = RandomNumberGenerator.GetHexString(16, lowercase: true);
        return new ScratchFolder(Directory.CreateDirectory(Path.Combine(all, name)).FullName);
    }

    private static RefusalException Refused(RefusalKind kind, string code, string message) =>
        new(new Refusal(kind, code, message));

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}

/// <summary>The folder of one question, which goes with it.</summary>
internal sealed class ScratchFolder(string folder) : IDisposable
{
    public string Folder { get; } = folder;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>A file of records for somebody to take away; known to others until it is disposed.</summary>
internal sealed class ExportedRecords : IDisposable
{
    private readonly ScratchFolder _scratch;
    private readonly ConcurrentDictionary<ExportedRecords, bool> _known;
    private volatile bool _broken;

    public ExportedRecords(
        ScratchFolder scratch, string path, int endpoint, ConcurrentDictionary<ExportedRecords, bool> known)
    {
        (_scratch, _known, Path, Endpoint) = (scratch, known, path, endpoint);
        known.TryAdd(this, true);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The folder that it is in.</summary>
    public string Folder => _scratch.Folder;

    /// <summary>The number of its endpoint.</summary>
    public int Endpoint { get; }

    /// <summary>Replicas whose records are not in it, or not all.</summary>
    public IReadOnlyList<string> NotIncluded { get; set; } = [];

    /// <summary>Nothing more of it is sent; whoever receives it sees that it is not whole.</summary>
    public void BreakOff() => _broken = true;

    /// <summary>Sends the file; throws <see cref="IOException"/> once it was broken off.</summary>
    public async Task SendAsync(Stream to, CancellationToken cancellation)
    {
        await using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var buffer = new byte[64 * 1024];
        while (await file.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            if (_broken)
                throw new IOException("The export was broken off: somebody in it shall be forgotten.");
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }

    public void Dispose()
    {
        _known.TryRemove(this, out _);
        _scratch.Dispose();
    }
}
