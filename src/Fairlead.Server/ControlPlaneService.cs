using Fairlead.Core.Access;
using Fairlead.Inference.Loading;
using Fairlead.Server.Access;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Hosting;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server;

/// <summary>
/// Brings the control plane up before anything listens, and keeps it going: signs of life, changed keys, new keys for
/// prediction ids.
/// </summary>
internal sealed class ControlPlaneService(
    Database database, DataFolder folder, Keyring keyring, KeyWrites keys, PredictionKeys predictionKeys,
    Replica replica, OutcomeKeeping outcomes, WindowKeeping windows, IArtifactStore artifacts,
    ControlPlaneOptions options, TimeProvider time,
    ILogger<ControlPlaneService> log)
    : BackgroundService
{
    private static readonly TimeSpan PredictionKeyInterval = TimeSpan.FromMinutes(1);

    private bool _isMigrated;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        options.ThrowIfInvalid();
        Registration.Sweep(folder);
        try
        {
            await PrepareAsync(cancellationToken);
        }
        catch (Exception failure) when (database.IsShared && Database.IsUnreachable(failure))
        {
            log.StartedWithoutDatabase(failure.Message);
        }

        await keyring.RefreshAsync(cancellationToken);
        await predictionKeys.RefreshAsync(cancellationToken);
        if (ProtectedMode.WhyNotStart(options.ListenHosts, keyring.IsRequired) is { } why)
            throw new ProtectedModeException(why);

        // The store was opened for this service already, and has swept what interrupted uploads left.
        log.Started(database.Kind, replica.Name, folder.Path, artifacts.GetType().Name);
        if (!keyring.IsRequired)
            log.WithoutKeys();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await replica.LeaveAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        return Task.WhenAll(
            EveryAsync(options.ReplicaLease / 3, BeatAsync),
            EveryAsync(Keyring.RefreshInterval, keyring.RefreshAsync),
            EveryAsync(OutcomeKeeping.JoinInterval, outcomes.JoinAsync),
            EveryAsync(OutcomeKeeping.SweepInterval, outcomes.SweepAsync),
            EveryAsync(WindowKeeping.Interval, windows.KeepAsync),
            EveryAsync(PredictionKeyInterval, predictionKeys.RefreshAsync));

        Task EveryAsync(TimeSpan interval, Func<CancellationToken, Task> work) =>
            Rounds.RunAsync(interval, time, work, log.RoundFailed, stoppingToken, atOnce: true);
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await database.MigrateAsync(cancellation);
        if (options.AdminKey is { } key)
            await keys.AdoptAsync(key, cancellation);
        _isMigrated = true;
    }

    private async Task BeatAsync(CancellationToken cancellation)
    {
        if (!_isMigrated)
        {
            try
            {
                await PrepareAsync(cancellation);
                log.DatabaseIsBack();
            }
            catch (Exception failure) when (Database.IsUnreachable(failure))
            {
                return;
            }
        }

        await replica.ReportAsync(cancellation);
    }
}

/// <summary>The server would be open to anybody who reaches it.</summary>
public sealed class ProtectedModeException(string message) : Exception(message);
