using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Serving.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>Endpoints as the API shows them.</summary>
internal sealed class EndpointViews(
    LocalPlacements placements, Replica replica, ControlPlaneOptions options, TimeProvider time,
    RoutingTable? routing = null)
{
    public async Task<EndpointInfo> OneAsync(FairleadDbContext db, EndpointRow row, CancellationToken cancellation) =>
        (await ManyAsync(db, [row], cancellation))[0] with { SchemaFaults = SchemaFaults(row.Name) };

    /// <summary>What broke the schema here; nothing in a process without a data plane.</summary>
    private List<SchemaCountInfo> SchemaFaults(string endpoint) =>
        routing?.Endpoints.FirstOrDefault(each => each.Name.ToString() == endpoint)?.Serving is { } serving
            ? [
                .. serving.Variants.SelectMany(variant => (serving.SchemaOf(variant)?.Read() ?? []).Select(count =>
                    new SchemaCountInfo(
                        variant.Name.ToString(), count.Column, SchemaRules.Word(count.Fault), count.Rows))),
            ]
            : [];

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
            Variants = [.. spec.Variants.Select(
                variant => Arm(variant, total > 0 ? variant.Weight / total : 0, notBatchable))],
            Holdout = spec.Holdout is { } holdout ? Arm(holdout.Arm, holdout.Share, notBatchable) : null,
            Value = spec.Value is { } value
                ? new ValueInfo
                {
                    Metric = value.Metric,
                    Unit = value.Unit,
                    LabelDelay = value.LabelDelay,
                    Sample = value.Sample,
                }
                : null,
            Windows = spec.Windows,
            Log = LogFit.Shown(spec.Log),
            Schema = SchemaFit.Shown(spec.Schema),
            Signature = spec.Signature is { } signature
                ? new SignatureDemand { TrustedKeys = signature.TrustedKeys }
                : null,
        };
    }

    private static VariantInfo Arm(
        VariantSpec arm, double share, IReadOnlyDictionary<VersionId, string>? notBatchable) => new()
        {
            Name = arm.Name.ToString(),
            Model = arm.Version?.Model.ToString(),
            Version = arm.Version?.Number,
            Answer = arm.Control is { } answer ? ControlAnswer.Word(answer.Kind) : null,
            Outputs = arm.Control is { Outputs.IsEmpty: false } ? Values(arm.Control.Outputs) : null,
            Rules = arm.Control is { Rules.IsEmpty: false }
                ? [.. arm.Control.Rules.Select(rule => new RuleInfo
                {
                    When = rule.When.Text,
                    Then = Values(rule.Then),
                })]
                : null,
            Weight = arm.Weight,
            Share = share,
            Mirror = arm.Mirror,
            Arm = arm.ArmNumber,
            Batching = new BatchingInfo
            {
                MaxRows = arm.Settings.Batching.MaxRows,
                MaxDelay = arm.Settings.Batching.MaxDelay,
                PreferredRows = arm.Settings.Batching.PreferredRows,
            },
            ThreadsPerRun = arm.Settings.ThreadsPerRun,
            MaxInFlight = arm.Settings.MaxInFlight,
            Notes = Notes(arm, notBatchable),
        };

    private static Dictionary<string, JsonElement> Values(IEnumerable<OutputValue> values) =>
        values.ToDictionary(each => each.Output, each => each.Value.ToJson(), StringComparer.Ordinal);

    private static List<string> Notes(VariantSpec arm, IReadOnlyDictionary<VersionId, string>? notBatchable) =>
        arm is { Settings.Batching.MaxRows: > 1, Version: { } version }
            && notBatchable?.GetValueOrDefault(version) is { } why
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
