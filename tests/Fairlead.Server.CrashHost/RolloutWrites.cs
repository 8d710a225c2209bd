using System.Data;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Fairlead.Server.CrashHost;

/// <summary>
/// Watches the writes in which something happens to a rollout, and lets the process meet its end at one of them:
/// <c>before-commit</c> and <c>after-commit</c> kill it, <c>before-lock</c> stops it where it has decided and has not
/// begun to write, <c>in-transaction</c> where it holds the lock that all writers need.
/// </summary>
internal sealed class RolloutWrites(CrashOrder crash)
    : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const int SigStop = 19;

    private readonly HashSet<Guid> _transactions = [];
    private readonly Lock _gate = new();

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore")
            value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        switch (value.Value)
        {
            // Only writers of the control plane ask for this level, and they lock as their first command.
            case TransactionStartingEventData { IsolationLevel: IsolationLevel.ReadCommitted }:
                StopAt("before-lock");
                break;
            case CommandExecutedEventData { Context.Database.CurrentTransaction: { } transaction } executed
                when executed.Command.CommandText.Contains("rollout_events", StringComparison.Ordinal)
                    && executed.Command.CommandText.Contains("INSERT", StringComparison.Ordinal):
                lock (_gate)
                    _transactions.Add(transaction.TransactionId);
                StopAt("in-transaction");
                break;
            case TransactionEndEventData ended
                when value.Key.EndsWith("TransactionCommitted", StringComparison.Ordinal):
                if (IsOurs(ended.TransactionId))
                    crash.At("after-commit");
                break;
            case TransactionEventData begun when value.Key.EndsWith("TransactionCommitting", StringComparison.Ordinal):
                if (IsOurs(begun.TransactionId))
                    crash.At("before-commit");
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private bool IsOurs(Guid transaction)
    {
        lock (_gate)
            return _transactions.Contains(transaction);
    }

    private void StopAt(string point)
    {
        if (crash.IsAt(point))
            _ = Kill(Environment.ProcessId, SigStop);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
