using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server;

/// <summary>
/// The one way in which the control plane changes anything. A write reads its facts, decides by pure rules, and stores
/// state, audit row and history row in one transaction; writers come one after the other, whatever the database.
/// </summary>
internal sealed class ControlPlane(
    Database database, RevisionSignals signals, TimeProvider time, ILogger<ControlPlane> log)
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
        using var turn = await database.WriterAsync(cancellation);
        await using var db = database.CreateContext();
        var (transaction, control) = await db.BeginWriteAsync(cancellation);
        await using var ended = transaction;

        var scope = new WriteScope(db, principal, reason, time.GetUtcNow(), cancellation);
        var result = await change(scope);
        if (dryRun)
            return result;
        if (!scope.IsRecorded)
        {
            // Nothing was to be changed. A change that nobody recorded is a mistake of ours, and is not kept.
            return db.ChangeTracker.HasChanges()
                ? throw new InvalidOperationException("A change of the control plane was not recorded.")
                : result;
        }

        control.Revision++;
        if (scope.ChangesRouting)
            control.RoutingRevision = control.Revision;
        if (scope.ChangesKeys)
            control.KeysRevision = control.Revision;
        await db.SaveChangesAsync(cancellation);

        // From here on the caller's hanging up must not decide what was kept.
        await transaction.CommitAsync(CancellationToken.None);
        signals.Routing.Publish(control.RoutingRevision);
        signals.Keys.Publish(control.KeysRevision);
        return result;
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
