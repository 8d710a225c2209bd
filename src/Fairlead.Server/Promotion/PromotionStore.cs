using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Checks;
using Fairlead.Core.Models;
using Fairlead.Core.Promotion;
using Fairlead.Core.Refusals;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Models;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Promotion;

/// <summary>A check with what it found.</summary>
internal sealed record MadeCheck(PromotionCheck Check, CheckResult Result);

/// <summary>
/// A promotion from the question to the move. The checks are made before the write, from what is stored; the write
/// finds again what they rest on (policy, target, version) and refuses where it is another by now. The move, the
/// evidence and the audit row are one transaction.
/// </summary>
internal sealed class PromotionStore(
    Database database, ControlPlane control, PromotionFactsRead facts, TimeProvider time)
{
    /// <summary>Promotions that are kept of a model; the oldest that are decided go first.</summary>
    public const int MostOfModel = 1000;

    /// <summary>Asks for a version to be promoted.</summary>
    public async Task<PromotionInfo> AskAsync(
        Principal principal, PromotionRequest request, bool dryRun, CancellationToken cancellation)
    {
        var (model, target) = (ModelName.Parse(request.Model), Target(request));
        var asked = await ReadAsync(model, target, request.Version, cancellation);
        var checks = new List<MadeCheck>();
        foreach (var check in asked.Policy.Checks)
        {
            checks.Add(new MadeCheck(check, PromotionChecks.Evaluate(
                check, await facts.ReadAsync(check, asked.Pair, cancellation))));
        }

        var passes = PromotionChecks.Passes(checks.Select(made => (made.Check, made.Result)));
        var state = new PromotionState(
            principal.Name, ManifestDigest.Of(asked.Pair.Version.Manifest), asked.Policy.Approvals,
            time.GetUtcNow() + asked.Policy.Approvals.Within)
        {
            Status = passes ? PromotionStatus.Open : PromotionStatus.Failed,
        };
        var row = new PromotionRow
        {
            Model = request.Model,
            Number = request.Version,
            Target = target.Name,
            IsStage = target.IsStage,
            FromNumber = asked.Pair.Present?.Number ?? 0,
            PolicyRevision = asked.PolicyRevision,
            State = StoredJson.Write(state),
            Status = state.Status.ToString(),
            Checks = StoredJson.Write(checks),
            Reason = request.Reason,
            AskedAt = time.GetUtcNow().ToMicroseconds(),
        };
        if (dryRun)
            return PromotionViews.Tried(row, passes);
        return await control.WriteAsync(principal, request.Reason, async write =>
        {
            write.Demand(new Demand(Role.Operator, Model: request.Model));
            await KeepAsync(write, row, state, checks);
            return PromotionViews.Info(row, write.Now);
        }, cancellation);
    }

    /// <summary>Somebody approves; the last word that is needed moves the target.</summary>
    public Task<PromotionInfo> ApproveAsync(
        Principal principal, long id, string? reason, bool accessIsControlled, CancellationToken cancellation) =>
        control.WriteAsync(principal, reason, async write =>
        {
            var row = await FindAsync(write.Db, id, write.Cancellation);
            write.Demand(new Demand(Role.Operator, Model: row.Model));
            var version = await RegistryViews.FindVersionAsync(
                write.Db, new VersionId(ModelName.Parse(row.Model), row.Number), write.Cancellation);
            var before = StoredJson.Read<PromotionState>(row.State);
            var state = before.Approve(principal, ManifestDigest.Of(version.Manifest), accessIsControlled, write.Now);
            row.State = StoredJson.Write(state);
            write.Record("promotion.approve", Subject(row), null, new { approvedBy = principal.Name, state.Digest });
            if (state.IsApproved(write.Now))
                await MoveAsync(write, row, state);
            await write.Db.SaveChangesAsync(write.Cancellation);
            return PromotionViews.Info(row, write.Now);
        }, cancellation);

    /// <summary>Somebody says no.</summary>
    public Task<PromotionInfo> DeclineAsync(
        Principal principal, long id, string reason, CancellationToken cancellation) =>
        control.WriteAsync(principal, reason, async write =>
        {
            var row = await FindAsync(write.Db, id, write.Cancellation);
            write.Demand(new Demand(Role.Operator, Model: row.Model));
            var state = StoredJson.Read<PromotionState>(row.State);
            state.RefuseUnlessOpen(write.Now);
            Decide(write, row, state, PromotionStatus.Declined, reason);
            write.Record("promotion.decline", Subject(row), null, new { declinedBy = principal.Name, reason });
            await write.Db.SaveChangesAsync(write.Cancellation);
            return PromotionViews.Info(row, write.Now);
        }, cancellation);

    public static async Task<PromotionRow> FindAsync(
        FairleadDbContext db, long id, CancellationToken cancellation) =>
        await db.Set<PromotionRow>().SingleOrDefaultAsync(row => row.Id == id, cancellation)
        ?? throw new RefusalException(NotFound(id));

    public static Refusal NotFound(long id) =>
        new(RefusalKind.NotFound, "promotion_not_found", $"There is no promotion {id}.");

    /// <summary>What is asked for, and what is there now.</summary>
    private Task<Asked> ReadAsync(
        ModelName model, PromotionTarget target, int number, CancellationToken cancellation) =>
        database.ReadAsync(async db =>
        {
            var version = await RegistryViews.FindVersionAsync(db, new VersionId(model, number), cancellation);
            var name = version.Model;
            var present = await PresentAsync(db, name, target, cancellation);
            if (present == number)
            {
                throw new RefusalException(new Refusal(RefusalKind.Conflict, "promoted_already",
                    $"{target} of '{model}' is version {number} already."));
            }

            var policy = await PolicyWrites.FindAsync(db, name, cancellation)
                ?? throw new RefusalException(PolicyWrites.NotFound(name));
            var read = StoredJson.Read<PromotionPolicy>(policy.Policy);
            if (!read.Guards(target))
            {
                throw new RefusalException(new Refusal(RefusalKind.Conflict, "target_not_guarded",
                    $"The policy of '{model}' does not guard {target}; move it with 'fairlead models alias', or name "
                    + "it in the policy."));
            }

            var was = present == 0 ? null
                : await RegistryViews.FindVersionAsync(db, new VersionId(model, present), cancellation);
            return new Asked(new PromotedPair(version, was), read, policy.Revision);
        }, cancellation);

    private static async Task KeepAsync(
        WriteScope write, PromotionRow row, PromotionState state, IReadOnlyList<MadeCheck> checks)
    {
        await ThrowIfMovedAsync(write, row);
        await TidyAsync(write, row.Model);
        row.Id = 0;
        write.Db.Add(row);
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.Record("promotion.request", Subject(row), null, new
        {
            version = row.Number,
            target = new PromotionTarget(row.Target, row.IsStage).ToString(),
            status = state.Status,
            state.Digest,
            checks = checks.Select(made => new { made.Check.Name, made.Result.Verdict, made.Result.Why }),
        });
        if (state.Status == PromotionStatus.Failed)
        {
            Decide(write, row, state, PromotionStatus.Failed, string.Join("; ", checks
                .Where(made => !made.Check.DryRun && made.Result.Verdict != CheckVerdict.Pass)
                .Select(made => $"{made.Check.Name}: {made.Result.Why}")));
        }
        else if (state.Policy.Count == 0)
        {
            await MoveAsync(write, row, state);
        }

        await write.Db.SaveChangesAsync(write.Cancellation);
    }

    /// <summary>Moves the target, by compare-and-swap, with the evidence.</summary>
    private static async Task MoveAsync(WriteScope write, PromotionRow row, PromotionState state)
    {
        await ThrowIfMovedAsync(write, row);
        var evidence = new
        {
            promotion = row.Id,
            state.Digest,
            approvedBy = state.Counting(write.Now),
            checks = StoredJson.Read<List<MadeCheck>>(row.Checks)
                .Select(made => new { made.Check.Name, made.Check.Rule, made.Result.Verdict, made.Result.Why }),
        };
        var id = new VersionId(ModelName.Parse(row.Model), row.Number);
        if (row.IsStage)
        {
            await ModelChanges.TransitionAsync(write, id, row.Target, archives: true, Mover.Promotion, evidence);
        }
        else
        {
            await ModelWrites.SetAliasAsync(write, id.Model, AliasName.Parse(row.Target), row.Number, row.FromNumber,
                evidence, Mover.Promotion);
        }

        Decide(write, row, state, PromotionStatus.Moved, null);
    }

    /// <summary>What the checks rest on must still be so.</summary>
    private static async Task ThrowIfMovedAsync(WriteScope write, PromotionRow row)
    {
        var target = new PromotionTarget(row.Target, row.IsStage);
        var present = await PresentAsync(write.Db, row.Model, target, write.Cancellation);
        if (present != row.FromNumber)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "promotion_superseded",
                $"{target} of '{row.Model}' is {Version(present)} by now, and the checks are held against "
                + $"{Version(row.FromNumber)}; ask for the promotion again.")
            { Present = present });
        }

        var policy = await PolicyWrites.FindAsync(write.Db, row.Model, write.Cancellation);
        if (policy?.Revision != row.PolicyRevision)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "promotion_superseded",
                $"The policy of '{row.Model}' is another by now; ask for the promotion again."));
        }
    }

    private static async Task<int> PresentAsync(
        FairleadDbContext db, string model, PromotionTarget target, CancellationToken cancellation) => target.IsStage
        ? await db.Versions.Where(row => row.Model == model && row.Stage == target.Name)
            .MaxAsync(row => (int?)row.Number, cancellation) ?? 0
        : await db.Aliases.Where(row => row.Model == model && row.Alias == target.Name)
            .Select(row => row.Version).SingleOrDefaultAsync(cancellation);

    private static void Decide(
        WriteScope write, PromotionRow row, PromotionState state, PromotionStatus status, string? why)
    {
        row.State = StoredJson.Write(state with { Status = status });
        (row.Status, row.Why) = (status.ToString(), why);
        (row.DecidedBy, row.DecidedAt) = (write.Principal.Name, write.NowMicroseconds);
    }

    private static async Task TidyAsync(WriteScope write, string model)
    {
        var open = nameof(PromotionStatus.Open);
        var old = await write.Db.Set<PromotionRow>().Where(row => row.Model == model && row.Status != open)
            .OrderByDescending(row => row.Id).Skip(MostOfModel - 1).Select(row => row.Id)
            .ToListAsync(write.Cancellation);
        if (old.Count > 0)
        {
            await write.Db.Set<PromotionRow>().Where(row => old.Contains(row.Id))
                .ExecuteDeleteAsync(write.Cancellation);
        }
    }

    private static PromotionTarget Target(PromotionRequest request) => request switch
    {
        { Alias: { } alias, Stage: null } => new PromotionTarget(AliasName.Parse(alias).ToString(), IsStage: false),
        { Alias: null, Stage: { } stage } => new PromotionTarget(
            PromotionRules.Stages.FirstOrDefault(each => each.Equals(stage, StringComparison.OrdinalIgnoreCase))
                ?? throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_stage",
                    $"'{stage}' is none of {string.Join(", ", PromotionRules.Stages)}.")
                { Field = "stage" }), IsStage: true),
        _ => throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_target",
            "A promotion moves an 'alias' or a 'stage'; name one of them.")
        { Field = "alias" }),
    };

    private static string Subject(PromotionRow row) => $"models/{row.Model}/promotions/{row.Id}";

    private static string Version(int number) => number == 0 ? "nothing" : $"version {number}";

    private sealed record Asked(PromotedPair Pair, PromotionPolicy Policy, long PolicyRevision);
}
