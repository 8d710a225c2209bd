using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fairlead.Client;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>
/// The server is killed with SIGKILL in the middle of things, again and again at other moments; what it acknowledged
/// before must be there afterwards, and what it did not acknowledge must be there whole or not at all.
/// </summary>
public sealed class CrashTests
{
    private const int Rounds = 6;

    private readonly Random _random = new(20);

    [Fact]
    public async Task Uploads_KilledInTheMiddle_KeepWhatWasAcknowledged()
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new ConcurrentDictionary<string, byte[]>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var server = await ServerProcess.StartAsync(folder.Path);
            foreach (var (digest, bytes) in acknowledged)
            {
                using var found = new MemoryStream();
                await server.Client.ReadArtifactAsync(digest, found);
                found.ToArray().SequenceEqual(bytes).ShouldBeTrue();
            }

            // A server that is asked the first time is slower than any crash would wait.
            var before = acknowledged.Count;
            var work = Enumerable.Range(0, 4).Select(_ => UploadUntilDeathAsync(server.Client, acknowledged)).ToList();
            for (var i = 0; i < 3000 && acknowledged.Count == before; i++)
                await Task.Delay(10);
            await Task.Delay(_random.Next(50, 400));
            await server.KillAsync();
            await Task.WhenAll(work);
        }

        acknowledged.Count.ShouldBeGreaterThan(Rounds);
        await using var last = await ServerProcess.StartAsync(folder.Path);
        foreach (var digest in acknowledged.Keys)
            (await last.Client.HasArtifactAsync(digest)).ShouldBeTrue();
        AssertEveryStoredFileHasItsDigest(folder.Path);
    }

    [Fact]
    public async Task RegistrationsAndSwaps_KilledUnderLoad_KeepWhatWasAcknowledged()
    {
        using var folder = new TemporaryFolder();
        var registered = new ConcurrentBag<int>();
        long served = 0;
        var answered = 0;
        for (var round = 0; round < Rounds; round++)
        {
            await using var server = await ServerProcess.StartAsync(folder.Path);
            var listed = (await server.Client.ListVersionsAsync(Credit.Name).OrEmptyAsync())
                .Select(version => version.Number).ToList();
            registered.Except(listed).ShouldBeEmpty();
            listed.ShouldBeUnique();
            if (served > 0)
            {
                // A version that was loaded twice right before a kill waits for an operator; here that is us.
                var endpoint = await server.Client.GetEndpointAsync(Credit.Name);
                await server.Client.ReleaseVersionAsync(Credit.Name, endpoint.Variants[0].Version!.Value);
                await Credit.UntilAnsweredAsync(server.Client);
                endpoint.Generation.ShouldBeGreaterThanOrEqualTo(served);
                (await Credit.AskAsync(server.Client)).Generation.ShouldBe(endpoint.Generation);
            }

            var before = served;
            var swaps = SwapUntilDeathAsync(server.Client, registered, generation =>
                served = Math.Max(served, generation));
            var asks = Enumerable.Range(0, 3)
                .Select(_ => AskUntilDeathAsync(server.Client, () => Interlocked.Increment(ref answered))).ToList();

            // However slow the machine is, something was acknowledged before; when after it the kill comes is chance.
            await UntilAsync(() => served > before || swaps.IsCompleted);
            await Task.Delay(_random.Next(0, 2500));
            await server.KillAsync();
            await swaps;
            await Task.WhenAll(asks);
        }

        registered.Count.ShouldBeGreaterThan(2);
        served.ShouldBeGreaterThan(1);
        answered.ShouldBeGreaterThan(100);
        AssertEveryStoredFileHasItsDigest(folder.Path);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            tries.ShouldBeLessThan(6000, "nothing was acknowledged within a minute");
            await Task.Delay(10);
        }
    }

    private static async Task UploadUntilDeathAsync(FairleadClient client, ConcurrentDictionary<string,
        byte[]> acknowledged)
    {
        while (true)
        {
            var bytes = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 3_000_000));
            try
            {
                var artifact = await client.PutArtifactAsync(new MemoryStream(bytes),
                    Convert.ToHexStringLower(SHA256.HashData(bytes)));
                acknowledged[artifact.Digest] = bytes;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private static async Task SwapUntilDeathAsync(FairleadClient client, ConcurrentBag<int> registered,
        Action<long> serving)
    {
        try
        {
            while (true)
            {
                foreach (var name in new[] { "logistic", "boosted" })
                {
                    var version = await Credit.RegisterAsync(client, name);
                    registered.Add(version);
                    serving((await Credit.ServeAsync(client, (version, 1))).Generation);
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server was killed; what was not acknowledged by then does not count.
        }
    }

    private static async Task AskUntilDeathAsync(FairleadClient client, Action answered)
    {
        while (true)
        {
            try
            {
                await Credit.AskAsync(client);
                answered();
            }
            catch (FairleadApiException e) when (e.Problem.Code is "unknown_endpoint" or "not_ready")
            {
                await Task.Delay(20);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private static void AssertEveryStoredFileHasItsDigest(string data)
    {
        var stored = Directory.EnumerateFiles(Path.Combine(data, "artifacts", "sha256"), "*",
            SearchOption.AllDirectories).ToList();
        stored.ShouldNotBeEmpty();
        foreach (var file in stored)
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))).ShouldBe(Path.GetFileName(file));
    }
}
