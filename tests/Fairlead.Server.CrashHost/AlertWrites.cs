using System.Diagnostics;
using Fairlead.Server.Alerts.Telling;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Server.CrashHost;

/// <summary>
/// Watches the writes in which something happens to an alert or to a message about it, and lets the process meet its
/// end around the first or second of its life: <c>alert-before-2</c>, <c>alert-after-1</c>.
/// </summary>
internal sealed class AlertWrites(CrashOrder crash)
    : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly string[] Tables = ["\"alerts\"", "alert_groups", "alert_deliveries"];

    private readonly HashSet<Guid> _transactions = [];
    private readonly Lock _gate = new();
    private int _begun;
    private int _ended;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore")
            value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        switch (value.Value)
        {
            case CommandExecutedEventData { Context.Database.CurrentTransaction: { } transaction } executed
                when IsWrite(executed.Command.CommandText):
                lock (_gate)
                    _transactions.Add(transaction.TransactionId);
                break;
            case TransactionEndEventData ended
                when value.Key.EndsWith("TransactionCommitted", StringComparison.Ordinal):
                if (IsOurs(ended.TransactionId))
                    crash.At($"alert-after-{Interlocked.Increment(ref _ended)}");
                break;
            case TransactionEventData begun when value.Key.EndsWith("TransactionCommitting", StringComparison.Ordinal):
                if (IsOurs(begun.TransactionId))
                    crash.At($"alert-before-{Interlocked.Increment(ref _begun)}");
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private static bool IsWrite(string command) =>
        (command.Contains("INSERT", StringComparison.Ordinal) || command.Contains("UPDATE", StringComparison.Ordinal))
        && Array.Exists(Tables, table => command.Contains(table, StringComparison.Ordinal));

    private bool IsOurs(Guid transaction)
    {
        lock (_gate)
            return _transactions.Contains(transaction);
    }
}

/// <summary>Tells people of alerts without the pauses that the server makes.</summary>
internal sealed class QuickTelling(AlertSender sender) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await sender.RoundAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The tables are not there yet, or somebody else writes: the server's own rounds say so.
            }

            await Task.Delay(100, stoppingToken);
        }
    }
}
