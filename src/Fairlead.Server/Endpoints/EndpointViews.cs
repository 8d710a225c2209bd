using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>Endpoints as the API shows them.</summary>
internal sealed class EndpointViews(
    LocalPlacements placements, Replica replica, ControlPlaneOptions options, TimeProvider time)
{
    public async Task<EndpointInfo> OneAsync(FairleadDbContext db, EndpointRow row, CancellationToken cancellation) =>
        (await ManyAsync(db, [row], cancellation))[0];

    public async Task<List<EndpointInfo>> ManyAsync(
        FairleadDbContext db, IReadOnlyList<EndpointRow> rows, CancellationToken cancellation)
    {
        var numbers = rows.Select(row => row.Number).ToList();
        var replicas = await db.Replicas.AsNoTracking().OrderBy(each => each.Name).ToListAsync(cancellation);
        var reported = (await db.Placements.AsNoTracking().Where(each => numbers.Contains(each.Endpoint))
            .ToListAsync(cancellation)).ToLookup(each => each.Endpoint);
        var notBatchable = await NotBatchableAsync(db, numbers, cancellation);
        return [.. rows.Select(row =>
        {
            var spec = StoredJson.Read<EndpointSpec>(row.Spec);
            return Spec(spec, notBatchable) with
            {
                Number = row.Number,
                Generation = row.Generation,
                ServingGeneration = placements.Find(spec.Name)?.ServingGeneration ?? 0,
                Placements = [.. replicas.Select(each => Placement(each, reported[row.Number], spec.Name))],
                CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
                ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
                ChangedBy = row.ChangedBy,
            };
        })];
    }

    /// <summary>What a specification alone tells; for history.</summary>
    public static EndpointInfo Spec(EndpointSpec spec, IReadOnlyDictionary<VersionId, string>? notBatchable = null)
    {
        var total = spec.Variants.Sum(variant => variant.Weight);
        return new EndpointInfo
        {
            Name = spec.Name.ToString(),
            Unit = spec.Unit.ToString(),
            Stable = spec.Stable.ToString(),
            Limits = new LimitsInfo { MaxInFlight = spec.Limits.MaxInFlight, Timeout = spec.Limits.Timeout },
            Variants = [.. spec.Variants.Select(variant => new VariantInfo
            {
                Name = variant.Name.ToString(),
                Model = variant.Version.Model.ToString(),
                Version = variant.Version.Number,
                Weight = variant.Weight,
                Share = total > 0 ? variant.Weight / total : 0,
                Mirror = variant.Mirror,
                Arm = variant.ArmNumber,
                Batching = new BatchingInfo
                {
                    MaxRows = variant.Settings.Batching.MaxRows,
                    MaxDelay = variant.Settings.Batching.MaxDelay,
                    PreferredRows = variant.Settings.Batching.PreferredRows,
                },
                ThreadsPerRun = variant.Settings.ThreadsPerRun,
                MaxInFlight = variant.Settings.MaxInFlight,
                Notes = Notes(variant, notBatchable),
            })],
        };
    }

    private static List<string> Notes(VariantSpec variant, IReadOnlyDictionary<VersionId, string>? notBatchable) =>
        variant.Settings.Batching.MaxRows > 1 && notBatchable?.GetValueOrDefault(variant.Version) is { } why
            ? [$"batching off: {why}"]
            : [];

    private static async Task<Dictionary<VersionId, string>> NotBatchableAsync(
        FairleadDbContext db, List<int> endpoints, CancellationToken cancellation)
    {
        var probes = await db.Versions
            .Where(version => db.EndpointUses.Any(use =>
                endpoints.Contains(use.Endpoint) && use.Model == version.Model && use.Version == version.Number))
            .Select(version => new { version.Model, version.Number, version.Probe }).ToListAsync(cancellation);
        return probes
            .Select(each => (Id: new VersionId(ModelName.Parse(each.Model), each.Number),
                Probe: StoredJson.Read<ProbeReport>(each.Probe)))
            .Where(each => !each.Probe.Batchable)
            .ToDictionary(each => each.Id, each => each.Probe.NotBatchableBecause ?? "the probe found it unfit");
    }

    private PlacementInfo Placement(ReplicaRow of, IEnumerable<PlacementRow> reported, EndpointName endpoint)
    {
        // This replica knows about itself without asking.
        if (of.Name == replica.Name && placements.Find(endpoint) is { } local)
        {
            return new PlacementInfo
            {
                Replica = of.Name,
                Generation = local.Latest.Generation,
                ServingGeneration = local.ServingGeneration,
                State = local.Latest.State.ToString().ToLowerInvariant(),
                Why = local.Latest.Why,
                Live = true,
            };
        }

        var row = reported.FirstOrDefault(each => each.Replica == of.Name);
        return new PlacementInfo
        {
            Replica = of.Name,
            Generation = row?.Generation ?? 0,
            ServingGeneration = row?.ServingGeneration ?? 0,
            State = row?.State ?? "waiting",
            Why = row?.Why,
            Live = IsLive(of),
        };
    }

    public bool IsLive(ReplicaRow of) =>
        of.Name == replica.Name || of.HeartbeatAt >= (time.GetUtcNow() - options.ReplicaLease).ToMicroseconds();
}
