using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Shows how the installation is.</summary>
internal static class StatusVerb
{
    public static Command Create(Terminal terminal) =>
        new Command("status", "Show how the server and its replicas are").Runs(terminal, async (call, cancellation) =>
        {
            var status = await call.Client.GetStatusAsync(cancellation);
            call.Write(status, to => Show(status, call.Server, to));
        });

    private static void Show(ServerStatus status, string server, Terminal to)
    {
        new Facts()
            .Add("server", server)
            .Add("version", status.Version)
            .Add("storage", status.StorageReachable ? status.Storage : $"{status.Storage} (does not answer)")
            .Add("artifacts", Artifacts(status.Artifacts))
            .Add("access control", status.AccessControl ? "on" : "off")
            .Add("replica", status.Replica)
            .Add("started", status.StartedAt)
            .Add("threads", Threads(status.Threads))
            .Write(to);
        ShowLoaded(status, to);
        if (status.Replicas.Count == 0)
            return;

        to.Out.WriteLine();
        var replicas = new Listing("replica", "version", "live", "started", "heartbeat");
        foreach (var replica in status.Replicas)
            replicas.Add(replica.Name, replica.Version, replica.Live, replica.StartedAt, replica.HeartbeatAt);
        replicas.Write(to);
    }

    private static string? Artifacts(ArtifactStorageInfo? artifacts) => artifacts switch
    {
        null => null,
        { Kind: "folder" } => "folder",
        { Fault: { } fault } => $"{artifacts.Location} ({fault}){Copies(artifacts)}",
        _ => $"{artifacts.Location}{Copies(artifacts)}",
    };

    private static string Copies(ArtifactStorageInfo artifacts) =>
        $"; {ByteText.Format(artifacts.CachedBytes ?? 0)} of copies here, at most "
        + ByteText.Format(artifacts.CacheBytes ?? 0);

    private static string? Threads(ThreadPlanInfo? plan) => plan is null
        ? null
        : $"{plan.ConcurrentRuns} runs at once on {plan.Processors} processors; 1 thread a run, variants that ask for "
            + $"more share {plan.PoolThreads}";

    private static void ShowLoaded(ServerStatus status, Terminal to)
    {
        if (status.Loaded.Count == 0)
            return;

        to.Out.WriteLine();
        var loaded = new Listing("loaded", "threads", "memory");
        foreach (var version in status.Loaded)
        {
            loaded.Add(
                $"{version.Model}/{version.Version}", version.ThreadsPerRun, ByteText.Format(version.ResidentBytes));
        }

        loaded.Write(to);
    }
}
