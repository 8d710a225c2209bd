using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Series;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Quality;

/// <summary>
/// Tells what serving cost: the model's own time from windows, its memory from what the probe measured and from how
/// long the endpoint had it, on as many replicas as are live now.
/// </summary>
internal sealed class CostRead(Database database, WindowRead windows, ControlPlaneOptions options, TimeProvider time)
{
    private const double Gibibyte = 1L << 30;

    public async Task<CostInfo> ReadAsync(
        EndpointRow endpoint, DateTimeOffset from, DateTimeOffset to, MachinePrice price,
        CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (first, last) = WindowLevel.Kept(
            from.ToUnixTimeSeconds() / 60, (to.ToUnixTimeSeconds() + 59) / 60, now.ToUnixTimeSeconds() / 60);
        var found = await windows.ReadAsync(endpoint.Number, first, last, 0, _ => true, cancellation);
        var (begin, end) = (
            DateTimeOffset.FromUnixTimeSeconds(first * 60),
            Earlier(DateTimeOffset.FromUnixTimeSeconds(last * 60), now));
        var had = await HadAsync(endpoint.Number, begin, end, cancellation);
        var arms = new List<ArmCostInfo>();
        foreach (var (key, arm) in had)
        {
            var window = found.FirstOrDefault(each => (each.Arm, each.Version) == key)?.Window;
            var rows = window?.Rows ?? 0;
            var seconds = rows > 0 && window!.Compute.Count > 0 ? rows * window.Compute.Mean * arm.Threads : 0;
            var cost = new ServingCost(rows, seconds, arm.ByteSeconds);
            arms.Add(new ArmCostInfo
            {
                Variant = key.Variant,
                Version = key.Version,
                Predictions = rows,
                CpuSeconds = seconds,
                GibibyteSeconds = arm.ByteSeconds / Gibibyte,
                Total = cost.Total(price),
                PerThousand = StoredJson.Figure(cost.PerThousand(price)),
            });
        }

        return new CostInfo { Endpoint = endpoint.Name, From = begin, To = end, Arms = arms };
    }

    /// <summary>For how long the endpoint had each arm with each version, in bytes of memory times seconds.</summary>
    private Task<SortedDictionary<(string Variant, string Version), Had>> HadAsync(
        int endpoint, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
        database.ReadAsync(async db =>
        {
            var history = await db.EndpointHistory.Where(row => row.Endpoint == endpoint)
                .OrderBy(row => row.Generation).Select(row => new { row.At, row.Spec }).ToListAsync(cancellation);
            var alive = (time.GetUtcNow() - options.ReplicaLease).ToMicroseconds();
            var replicas = Math.Max(1, await db.Replicas.CountAsync(row => row.HeartbeatAt >= alive, cancellation));
            var had = new SortedDictionary<(string, string), Had>();
            for (var i = 0; i < history.Count; i++)
            {
                var begin = Later(Instants.FromMicroseconds(history[i].At), from);
                var end = i + 1 < history.Count ? Earlier(Instants.FromMicroseconds(history[i + 1].At), to) : to;
                if (end <= begin || history[i].Spec is not { } spec)
                    continue;
                foreach (var arm in StoredJson.Read<EndpointSpec>(spec).Arms)
                {
                    if (arm.Version is not { } version)
                        continue;
                    var key = (arm.Name.ToString(), version.ToString());
                    var before = had.GetValueOrDefault(key) ?? new Had(0, 1);
                    var bytes = await BytesAsync(db, version, cancellation);
                    had[key] = new Had(
                        before.ByteSeconds + bytes * (end - begin).TotalSeconds * replicas,
                        Math.Max(1, arm.Settings.ThreadsPerRun));
                }
            }

            return had;
        }, cancellation);

    private static async Task<long> BytesAsync(
        FairleadDbContext db, VersionId version, CancellationToken cancellation)
    {
        var model = version.Model.ToString();
        var probe = await db.Versions.Where(row => row.Model == model && row.Number == version.Number)
            .Select(row => row.Probe).SingleOrDefaultAsync(cancellation);
        return probe is null ? 0 : StoredJson.Read<ProbeReport>(probe).ResidentBytes;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private sealed record Had(double ByteSeconds, int Threads);
}
