using System.Globalization;
using Fairlead.Server.Access;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fairlead.Server.Storage;

/// <summary>
/// Hears on PostgreSQL of what other replicas change (LISTEN/NOTIFY), on a connection of its own. A lost connection is
/// opened again, the first time at once and then ever more slowly up to a bound; what changed in between is read when
/// it is back, and polled for until then.
/// </summary>
internal sealed class ChangeListener(
    Database database, RevisionSignals signals, Keyring keyring, ControlPlaneOptions options, TimeProvider time,
    ILogger<ChangeListener> log)
    : BackgroundService
{
    /// <summary>Longest pause before a lost connection is opened again.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Seconds of silence after which the connection is asked whether it still stands.</summary>
    private const int KeepAlive = 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.PostgresConnection is not { } connection)
            return;

        var pause = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                await ListenAsync(connection, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it was, the replica goes on: what is not heard is polled for.
                log.ListeningEnded(pause.TotalSeconds, failure.Message);
            }
            finally
            {
                signals.HearsOthers = false;
            }

            // A connection that breaks right after it was opened must not be opened in a circle.
            if (time.GetElapsedTime(began) >= LongestPause)
                pause = TimeSpan.Zero;
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause == TimeSpan.Zero ? ShortestPause : pause * 2;
            if (pause > LongestPause)
                pause = LongestPause;
        }
    }

    /// <summary>Listens until the connection breaks.</summary>
    private async Task ListenAsync(string text, CancellationToken cancellation)
    {
        var settings = new NpgsqlConnectionStringBuilder(text) { Pooling = false, KeepAlive = KeepAlive };
        await using var connection = new NpgsqlConnection(settings.ToString());
        connection.Notification += (_, notification) => Hear(notification.Payload);
        await connection.OpenAsync(cancellation);
        await using (var listen = new NpgsqlCommand($"LISTEN {PostgresFairleadDbContext.Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellation);

        // What was told before this connection listened is lost, so it is looked for.
        var (routing, keys) = await RevisionsAsync(cancellation);
        Publish(routing, keys);
        signals.HearsOthers = true;
        log.Listening();
        await keyring.RefreshAsync(cancellation);
        while (true)
        {
            await connection.WaitAsync(cancellation);
            if (signals.Keys.Current == keys)
                continue;
            keys = signals.Keys.Current;
            await keyring.RefreshAsync(cancellation);
        }
    }

    private async Task<(long Routing, long Keys)> RevisionsAsync(CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var rows = await statements.QueryAsync(
            "SELECT routing_revision, keys_revision FROM control", row => (row.GetInt64(0), row.GetInt64(1)),
            cancellation);
        return rows.Single();
    }

    /// <summary>Takes a message as <see cref="ControlPlane"/> wrote it, and passes over any other.</summary>
    private void Hear(string message)
    {
        if (message.Split(' ') is [var routing, var keys]
            && long.TryParse(routing, NumberStyles.None, CultureInfo.InvariantCulture, out var routingRevision)
            && long.TryParse(keys, NumberStyles.None, CultureInfo.InvariantCulture, out var keysRevision))
        {
            Publish(routingRevision, keysRevision);
        }
    }

    private void Publish(long routing, long keys)
    {
        signals.Routing.Publish(routing);
        signals.Keys.Publish(keys);
    }
}
