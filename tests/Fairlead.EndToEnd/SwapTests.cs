using Fairlead.EndToEnd.Program;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.EndToEnd;

/// <summary>
/// Versions are exchanged and servers restarted while callers ask without a pause; nobody may notice.
/// </summary>
public sealed class SwapTests(PostgresServer postgres)
{
    private const int Callers = 4;
    private const int Swaps = 20;

    [Fact]
    public async Task HotSwap_UnderLoad_FailsNobodyAndAnswersFromTheRightVersion()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path);
        var versions = new[] { await Credit.RegisterAsync(server.Client, "logistic"),
            await Credit.RegisterAsync(server.Client, "boosted") };
        var expected = new Dictionary<int, string>();
        foreach (var version in versions)
        {
            await Credit.ServeAsync(server.Client, (version, 1));
            var answer = await Credit.AskAsync(server.Client);
            answer.Version.ShouldBe(version);
            expected[version] = answer.Outputs["probabilities"].GetRawText();
        }

        using var stop = new CancellationTokenSource();
        var asked = 0;
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var answer = await Credit.AskAsync(server.Client);
                answer.Outputs["probabilities"].GetRawText().ShouldBe(expected[answer.Version!.Value]);
                Interlocked.Increment(ref asked);
            }
        })).ToList();
        long generation = 0;
        for (var swap = 0; swap < Swaps; swap++)
        {
            var version = versions[swap % 2];
            generation = (await Credit.ServeAsync(server.Client, (version, 1))).ServingGeneration;
            (await Credit.AskAsync(server.Client)).Version.ShouldBe(version);
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        asked.ShouldBeGreaterThan(Swaps);
        generation.ShouldBeGreaterThanOrEqualTo(Swaps);
    }

    [Fact]
    public async Task WeightChange_UnderLoad_NeverMovesAUnitBack()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path);
        var (old, next) = (await Credit.RegisterAsync(server.Client, "logistic"),
            await Credit.RegisterAsync(server.Client, "boosted"));
        var moved = new HashSet<int>();
        foreach (var weight in new[] { 1.0, 10, 30, 60, 90 })
        {
            await Credit.ServeAsync(server.Client, "header:X-User", (old, 100 - weight), (next, weight));
            for (var user = 0; user < 200; user++)
            {
                var answer = await Credit.AskAsync(server.Client, ("X-User", $"user-{user}"));
                if (moved.Contains(user))
                    answer.Version.ShouldBe(next, $"user {user} at {weight} %");
                else if (answer.Version == next)
                    moved.Add(user);
            }
        }

        moved.Count.ShouldBeInRange(150, 200);
    }

    [Fact]
    public async Task RollingRestart_OfReplicasOnOnePostgresBehindABalancer_LosesNothing()
    {
        using var folder = new TemporaryFolder();
        var connection = await postgres.CreateDatabaseAsync();
        var servers = new ServerProcess[2];
        try
        {
            for (var i = 0; i < servers.Length; i++)
                servers[i] = await StartReplicaAsync(folder, connection, i);

            // What one replica is told, the other serves too.
            await Credit.ServeAsync(servers[0].Client, (await Credit.RegisterAsync(servers[0].Client, "logistic"), 1));
            foreach (var server in servers)
                await Credit.UntilAnsweredAsync(server.Client);

            using var stop = new CancellationTokenSource();
            var balancer = new Balancer(servers, stop.Token);
            var asked = 0;
            var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await Credit.AskAsync(balancer.Pick().Client);
                    Interlocked.Increment(ref asked);
                }
            })).ToList();
            for (var i = 0; i < servers.Length; i++)
            {
                var before = asked;
                (await servers[i].StopAsync()).ShouldBe(0, servers[i].Error);
                servers[i] = await StartReplicaAsync(folder, connection, i);
                await balancer.WaitForAsync(servers[i]);
                asked.ShouldBeGreaterThan(before);
            }

            await stop.CancelAsync();
            await Task.WhenAll(callers);
            await balancer.EndAsync();
        }
        finally
        {
            // One that did not start must not hide why.
            foreach (var server in servers.OfType<ServerProcess>())
                await server.DisposeAsync();
        }
    }

    private static Task<ServerProcess> StartReplicaAsync(TemporaryFolder folder, string connection, int replica) =>
        ServerProcess.StartAsync(folder.In($"replica-{replica}"), "--postgres", connection,
            "--artifacts", folder.In("artifacts"), "--drain-delay", "1s");

    /// <summary>Sends to whichever server said within the last look that it is ready.</summary>
    private sealed class Balancer
    {
        private readonly ServerProcess[] _servers;
        private readonly CancellationToken _stop;
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(1) };
        private readonly Task _looking;
        private ServerProcess[] _ready;
        private int _next;

        public Balancer(ServerProcess[] servers, CancellationToken stop)
        {
            _servers = servers;
            _ready = [.. servers];
            _stop = stop;
            _looking = LookAsync();
        }

        public ServerProcess Pick()
        {
            var ready = Volatile.Read(ref _ready);
            return ready[(uint)Interlocked.Increment(ref _next) % ready.Length];
        }

        public async Task WaitForAsync(ServerProcess server)
        {
            while (!Volatile.Read(ref _ready).Contains(server))
                await Task.Delay(20, _stop);
        }

        public async Task EndAsync()
        {
            await _looking;
            _http.Dispose();
        }

        private async Task LookAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                var ready = new List<ServerProcess>();
                foreach (var server in _servers)
                {
                    if (await IsReadyAsync(server))
                        ready.Add(server);
                }

                if (ready.Count > 0)
                    Volatile.Write(ref _ready, [.. ready]);
                await Task.Delay(50, CancellationToken.None);
            }
        }

        private async Task<bool> IsReadyAsync(ServerProcess server)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(server.Http, "/health/ready"), CancellationToken.None);
                return answer.IsSuccessStatusCode;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }
    }
}
