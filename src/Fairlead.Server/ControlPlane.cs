using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server;

/// <summary>
/// The one way in which the control plane changes anything. A write reads its facts, decides by pure rules, and stores
/// state, audit row and history row in one transaction; writers come one after the other, whatever the database, and
/// those that come close together share the flush to disk (<see cref="WriteGate"/>).
/// </summary>
internal sealed class ControlPlane(
    WriteGate gate, RevisionSignals signals, TimeProvider time, ILogger<ControlPlane> log)
{
    /// <summary>Most times that a write is tried.</summary>
    public const int MaxAttempts = 5;

    /// <summary>Makes a change.</summary>
    /// <param name="principal">Who wants it.</param>
    /// <param name="reason">Why, in the caller's words.</param>
    /// <param name="change">
    /// Reads, decides and stores; throws <see cref="RefusalException"/> to refuse. It may run several times, and
    /// nothing that it does outside the database may depend on running once. What it changes it must record.
    /// </param>
    /// <param name="cancellation">Gives the change up unless it is being stored already.</param>
    /// <param name="dryRun">Does everything and keeps nothing.</param>
    public async Task<T> WriteAsync<T>(
        Principal principal, string? reason, Func<WriteScope, Task<T>> change, CancellationToken cancellation,
        bool dryRun = false)
    {
        if (TextRules.WhyNot("reason", reason, TextRules.MaxReason) is { } fault)
            throw new RefusalException(fault);

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryWriteAsync(principal, reason, change, dryRun, cancellation);
            }
            catch (Exception failure) when (attempt < MaxAttempts && Database.IsRetryable(failure))
            {
                log.WriteRetried(attempt, failure.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(10 << attempt), time, cancellation);
            }
        }
    }

    private async Task<T> TryWriteAsync<T>(
        Principal principal, string? reason, Func<WriteScope, Task<T>> change, bool dryRun,
        CancellationToken cancellation)
    {
        var result = default(T)!;
        ControlRow? kept = null;
        await gate.RunAsync(async (db, control, deadline) =>
        {
            var scope = new WriteScope(db, principal, reason, time.GetUtcNow(), deadline);
            result = await change(scope);

            // Whoever has gone by now must not be surprised later; after this the change is kept whatever he does.
            cancellation.ThrowIfCancellationRequested();
            if (dryRun || !IsRecorded(scope))
                return false;
            await KeepAsync(scope, control);
            kept = control;
            return true;
        }, cancellation);

        if (kept is not null)
        {
            signals.Routing.Publish(kept.RoutingRevision);
            signals.Keys.Publish(kept.KeysRevision);
        }

        return result;
    }

    /// <summary>A change that nobody recorded is a mistake of ours, and is not kept.</summary>
    private static bool IsRecorded(WriteScope scope) =>
        scope.IsRecorded || !scope.Db.ChangeTracker.HasChanges()
            ? scope.IsRecorded
            : throw new InvalidOperationException("A change of the control plane was not recorded.");

    private static async Task KeepAsync(WriteScope scope, ControlRow control)
    {
        control.Revision++;
        if (scope.ChangesRouting)
            control.RoutingRevision = control.Revision;
        if (scope.ChangesKeys)
            control.KeysRevision = control.Revision;
        await scope.Db.SaveChangesAsync(scope.Cancellation);
        if (scope.ChangesRouting || scope.ChangesKeys)
            await scope.Db.NotifyAsync(control, scope.Cancellation);
    }
}

/// <summary>One write under way.</summary>
internal sealed class WriteScope(
    FairleadDbContext db, Principal principal, string? reason, DateTimeOffset now, CancellationToken cancellation)
{
    public FairleadDbContext Db { get; } = db;

    public Principal Principal { get; } = principal;

    public string? Reason { get; } = reason;

    public DateTimeOffset Now { get; } = now;

    public long NowMicroseconds { get; } = now.ToMicroseconds();

    /// <summary>
    /// The deadline of the transaction, which neighbours share: a caller who hangs up must not break theirs.
    /// </summary>
    public CancellationToken Cancellation { get; } = cancellation;

    public bool IsRecorded { get; private set; }

    public bool ChangesRouting { get; private set; }

    public bool ChangesKeys { get; private set; }

    /// <summary>Adds the audit row of a change.</summary>
    /// <param name="what">What was done, such as <c>alias.set</c>.</param>
    /// <param name="subject">What it was done to, such as <c>models/credit/aliases/champion</c>.</param>
    /// <param name="before">What was there; null when there was nothing.</param>
    /// <param name="after">What is there now; null when nothing is.</param>
    public void Record(string what, string subject, object? before, object? after)
    {
        IsRecorded = true;
        Db.Audit.Add(new AuditRow
        {
            At = NowMicroseconds,
            Who = Principal.Name,
            KeyId = Principal.KeyId,
            What = what,
            Subject = subject,
            Reason = Reason,
            Before = before is null ? null : StoredJson.Write(before),
            After = after is null ? null : StoredJson.Write(after),
        });
    }

    /// <summary>Says that an endpoint changes, so that every replica looks.</summary>
    public void RoutingChanges() => ChangesRouting = true;

    /// <summary>Says that a key changes, so that every replica looks.</summary>
    public void KeysChange() => ChangesKeys = true;

    /// <summary>Refuses what the caller may not do; for demands that only the body of a request tells.</summary>
    public void Demand(Demand demand)
    {
        if (!AccessPolicy.Allows(Principal, demand))
            throw new RefusalException(Access.AccessRefusals.Forbidden(Principal, demand));
    }
}
