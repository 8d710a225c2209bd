using System.Collections.Immutable;
using System.Security.Cryptography;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Lineage;
using Fairlead.Server.Monitors;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>What a write made of an endpoint.</summary>
internal sealed record EndpointChange(EndpointRow Row, EndpointSpec? Before, EndpointSpec After, bool Changed);

/// <summary>The changes of endpoints, each inside a write.</summary>
internal static class EndpointWrites
{
    /// <summary>Makes an endpoint what its owner writes: facts, decision, state with history.</summary>
    public static async Task<EndpointChange> PutAsync(WriteScope write, EndpointName name, PutEndpointRequest request)
    {
        write.Demand(new Demand(Role.Operator, Endpoint: name.ToString()));
        var wanted = await SpecAsync(write, name, request);
        var row = await FindAsync(write.Db, name, write.Cancellation);
        var current = row is null
            ? null
            : new EndpointState(StoredJson.Read<EndpointSpec>(row.Spec), row.Generation);
        wanted = wanted with { Monitored = current?.Spec.Monitored };
        var arms = row is null ? [] : await ArmsAsync(write, row.Number);
        var retired = row is null ? await RetiredGenerationAsync(write, name) : 0;

        var decision = EndpointEvolution.Decide(current, wanted, arms, request.ExpectedGeneration, retired);
        await ControlFit.ThrowIfUnfitAsync(write, decision.Spec);
        await LogFit.ThrowIfUnfitAsync(write, decision.Spec);
        await SchemaFit.ThrowIfUnfitAsync(write, decision.Spec);
        await SignatureFit.ThrowIfUnfitAsync(write, decision.Spec);
        if (!decision.Changes)
            return new EndpointChange(row!, current!.Spec, decision.Spec, Changed: false);

        if (row is not null)
            await RolloutWrites.RefuseWhileActiveAsync(write, row, "changed");
        row ??= await AddAsync(write, name);
        await KeepAsync(write, row, current?.Spec, decision);
        return new EndpointChange(row, current?.Spec, decision.Spec, Changed: true);
    }

    /// <summary>
    /// Gives an endpoint that is there another specification, without asking whether a rollout holds it.
    /// </summary>
    public static async Task<EndpointChange> RouteAsync(WriteScope write, EndpointRow row, EndpointSpec wanted)
    {
        var before = StoredJson.Read<EndpointSpec>(row.Spec);
        var decision = EndpointEvolution.Decide(
            new EndpointState(before, row.Generation), wanted, await ArmsAsync(write, row.Number), null);
        if (decision.Changes)
            await KeepAsync(write, row, before, decision);
        return new EndpointChange(row, before, decision.Spec, decision.Changes);
    }

    public static async Task<bool> DeleteAsync(WriteScope write, EndpointName name, long? expectedGeneration)
    {
        var row = await FindAsync(write.Db, name, write.Cancellation) ?? throw new RefusalException(NotFound(name));
        if (EndpointEvolution.WhyNotFrom(name, row.Generation, expectedGeneration) is { } moved)
            throw new RefusalException(moved);

        await RolloutWrites.RefuseWhileActiveAsync(write, row, "deleted");
        var before = StoredJson.Read<EndpointSpec>(row.Spec);
        row.DeletedAt = row.ChangedAt = write.NowMicroseconds;
        row.ChangedBy = write.Principal.Name;
        row.Generation++;
        await write.Db.EndpointUses.Where(use => use.Endpoint == row.Number).ExecuteDeleteAsync(write.Cancellation);
        await write.Db.Placements.Where(each => each.Endpoint == row.Number).ExecuteDeleteAsync(write.Cancellation);
        await MonitorWrites.EndpointGoesAsync(write, row.Number);
        await RecordAsync(write, row, "deleted", before, null);
        return true;
    }

    public static Task<EndpointRow?> FindAsync(
        FairleadDbContext db, EndpointName name, CancellationToken cancellation)
    {
        var text = name.ToString();
        return db.Endpoints.SingleOrDefaultAsync(row => row.Name == text && row.DeletedAt == null, cancellation);
    }

    public static Refusal NotFound(EndpointName name) =>
        new(RefusalKind.NotFound, "endpoint_not_found", $"There is no endpoint '{name}'.");

    /// <summary>Turns the written form into a specification, with aliases replaced by what they point to now.</summary>
    private static async Task<EndpointSpec> SpecAsync(WriteScope write, EndpointName name, PutEndpointRequest request)
    {
        var faults = new List<Refusal>();
        if (request.Variants.Count > EndpointRules.MaxVariants)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "too_many_variants",
                $"An endpoint has at most {EndpointRules.MaxVariants} variants.")
            { Field = "variants" });
        }

        var variants = ImmutableArray.CreateBuilder<VariantSpec>();
        for (var i = 0; i < request.Variants.Count; i++)
        {
            try
            {
                variants.Add(await VariantAsync(write, request.Variants[i], $"variants[{i}]"));
            }
            catch (RefusalException refused)
            {
                faults.AddRange(refused.Refusals.Select(each => each with { Field = each.Field ?? $"variants[{i}]" }));
            }
        }

        // A caller is told everything at once; the rules would only repeat what these faults lead to.
        if (faults.Count > 0)
            throw new RefusalException(faults);

        var spec = new EndpointSpec(name, variants.ToImmutable())
        {
            Unit = UnitRule.Parse(request.Unit),
            Limits = new EndpointLimits { MaxInFlight = request.Limits.MaxInFlight, Timeout = request.Limits.Timeout },
            Holdout = request.Holdout is { } holdout
                ? new HoldoutSpec(
                    holdout.Share, await WrittenArms.ReadAsync(write, HoldoutSpec.Name, holdout, "holdout"))
                : null,
            Value = WrittenArms.Read(request.Value),
            Windows = request.Windows,
            Log = LogFit.Read(request.Log),
            Schema = SchemaFit.Read(request.Schema),
            Signature = request.Signature is { } signature ? new SignatureRule([.. signature.TrustedKeys]) : null,
        };
        return request.Stable is null ? spec : spec with { Stable = VariantName.Parse(request.Stable) };
    }

    private static async Task<VariantSpec> VariantAsync(WriteScope write, VariantRequest? variant, string at)
    {
        if (variant is null)
            throw Fault("invalid_json", at, "A variant is an object.");
        return await WrittenArms.ReadAsync(write, VariantName.Parse(variant.Name), variant, at) with
        {
            Weight = variant.Weight,
        };
    }

    private static async Task<Dictionary<VariantName, int>> ArmsAsync(WriteScope write, int endpoint) =>
        await write.Db.Arms.Where(arm => arm.Endpoint == endpoint)
            .ToDictionaryAsync(arm => VariantName.Parse(arm.Name), arm => arm.Arm, write.Cancellation);

    private static async Task<long> RetiredGenerationAsync(WriteScope write, EndpointName name)
    {
        var text = name.ToString();
        return await write.Db.EndpointHistory.Where(row => row.Name == text)
            .MaxAsync(row => (long?)row.Generation, write.Cancellation) ?? 0;
    }

    /// <summary>Stores what was decided: the endpoint, its new arms, the versions that it uses, its history.</summary>
    private static async Task KeepAsync(
        WriteScope write, EndpointRow row, EndpointSpec? before, EndpointDecision decision)
    {
        row.Spec = StoredJson.Write(decision.Spec);
        row.Generation = decision.Generation;
        row.ChangedAt = write.NowMicroseconds;
        row.ChangedBy = write.Principal.Name;
        write.Db.Arms.AddRange(decision.NewArms.Select(arm => new ArmRow
        {
            Endpoint = row.Number,
            Name = arm.Key.ToString(),
            Arm = arm.Value,
        }));
        await ReplaceUsesAsync(write, row.Number, decision.Spec);
        await RecordAsync(write, row, before is null ? "created" : "changed", before, decision.Spec);
        await write.Db.SaveChangesAsync(write.Cancellation);
    }

    /// <summary>A salt that no unit's draw was made with before.</summary>
    public static long NewSalt()
    {
        Span<byte> salt = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(salt);
        return BitConverter.ToInt64(salt);
    }

    private static async Task<EndpointRow> AddAsync(WriteScope write, EndpointName name)
    {
        var row = new EndpointRow
        {
            Name = name.ToString(),
            Salt = NewSalt(),
            CreatedAt = write.NowMicroseconds,
        };
        write.Db.Endpoints.Add(row);
        await write.Db.SaveChangesAsync(write.Cancellation);
        return row;
    }

    private static async Task ReplaceUsesAsync(WriteScope write, int endpoint, EndpointSpec spec)
    {
        // By difference: one write may give an endpoint several generations, and a key is tracked only once.
        var known = await write.Db.EndpointUses.Where(use => use.Endpoint == endpoint).ToListAsync(write.Cancellation);
        var wanted = spec.Arms.Select(arm => arm.Version).OfType<VersionId>()
            .Select(version => (Model: version.Model.ToString(), Version: version.Number)).ToHashSet();
        write.Db.EndpointUses.RemoveRange(known.Where(use => !wanted.Contains((use.Model, use.Version))));
        wanted.ExceptWith(known.Select(use => (use.Model, use.Version)));
        write.Db.EndpointUses.AddRange(wanted.Select(each => new EndpointUseRow
        {
            Endpoint = endpoint,
            Model = each.Model,
            Version = each.Version,
        }));
    }

    private static async Task RecordAsync(
        WriteScope write, EndpointRow row, string change, EndpointSpec? before, EndpointSpec? after)
    {
        write.RoutingChanges();
        write.Record(after is null ? "endpoint.delete" : "endpoint.put", $"endpoints/{row.Name}", before, after);
        write.Db.EndpointHistory.Add(new EndpointHistoryRow
        {
            Endpoint = row.Number,
            Name = row.Name,
            Generation = row.Generation,
            Change = change,
            Spec = after is null ? null : StoredJson.Write(after),
            Who = write.Principal.Name,
            Reason = write.Reason,
            At = write.NowMicroseconds,
        });
        await EndpointPeriods.ChangedAsync(write, row, after);
    }

    private static RefusalException Fault(string code, string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
}
