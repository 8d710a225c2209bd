using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests;

/// <summary>
/// A server in a process of its own is killed at each point of an upload and a registration. After a restart everything
/// that it acknowledged is there, whole, and nothing is there by half.
/// </summary>
public sealed class CrashTests(PostgresServer postgres)
{
    private const int Bytes = 1 << 20;

    public static TheoryData<string, Engine> Points { get; } = Each(
        "put-begin", "put-middle", "put-last-byte", "put-end", "look", "laid-out", "probe", "look-again", "answer");

    [Theory, MemberData(nameof(Points))]
    public async Task Killed_AtAPoint_KeepsWhatWasAcknowledgedAndNothingByHalf(string point, Engine engine)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-crash-").FullName;
        var data = Path.Combine(folder, "data");
        var order = Path.Combine(folder, "order");
        var connection = engine == Engine.Postgres ? await postgres.CreateDatabaseAsync() : null;
        var first = Content("first");
        var second = Content(point == "probe" ? "assassin" : "second");

        // A life before, then the one that ends.
        var acknowledged = new List<string>();
        var registered = 0;
        using (var child = await StartAsync(data, ProbeScript.Write(folder)[1], order, connection))
        {
            var client = FairleadClient.Connect(new Uri((await child.StandardOutput.ReadLineAsync())!));
            acknowledged.Add(await UploadAsync(client, first));
            await RegisterAsync(client, first);
            registered++;

            await File.WriteAllTextAsync(order, point);
            await Should.ThrowAsync<HttpRequestException>(async () =>
            {
                acknowledged.Add(await UploadAsync(client, second));
                await RegisterAsync(client, second);
                registered++;
            });
            await child.WaitForExitAsync();
            child.ExitCode.ShouldBe(137);
        }

        await using (var server = await TestServer.StartAsync(options =>
            (options.DataFolder, options.PostgresConnection) = (data, connection)))
        {
            await CheckAsync(server, acknowledged, registered, committed: point == "answer", data);
            var client = server.Client;
            if (point == "answer")
            {
                // The caller never heard of the version that was stored; asking again gives him that very one.
                (await RegisterAsync(client, second)).Number.ShouldBe(registered + 1);
                (await client.ListVersionsAsync("m")).Items.Count.ShouldBe(registered + 1);
            }

            await UploadAsync(client, Content("third"));
            (await RegisterAsync(client, Content("third"))).Number.ShouldBe(registered + (point == "answer" ? 2 : 1));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Killed_AmongManyWriters_KeepsEveryWriteThatWasAcknowledged(Engine engine)
    {
        const int writers = 16;
        var folder = Directory.CreateTempSubdirectory("fairlead-crash-").FullName;
        var data = Path.Combine(folder, "data");
        var connection = engine == Engine.Postgres ? await postgres.CreateDatabaseAsync() : null;
        var acknowledged = new ConcurrentBag<string>();
        using (var child = await StartAsync(data, ProbeScript.Write(folder)[1], Path.Combine(folder, "no"), connection))
        {
            var client = FairleadClient.Connect(new Uri((await child.StandardOutput.ReadLineAsync())!));
            var work = Enumerable.Range(0, writers).Select(async writer =>
            {
                for (var i = 0; ; i++)
                {
                    try
                    {
                        await client.CreateModelAsync(new CreateModelRequest { Name = $"w{writer}-{i}" });
                    }
                    catch (Exception e) when (e is HttpRequestException or IOException)
                    {
                        return;
                    }

                    acknowledged.Add($"w{writer}-{i}");
                }
            }).ToList();
            while (acknowledged.Count < 10 * writers)
                await Task.Delay(5);
            child.Kill();
            await Task.WhenAll(work);
            await child.WaitForExitAsync();
        }

        await using (var server = await TestServer.StartAsync(options =>
            (options.DataFolder, options.PostgresConnection) = (data, connection)))
        {
            var models = await AllAsync(page => server.Client.ListModelsAsync(page));
            var kept = models.Select(model => model.Name).ToHashSet();
            acknowledged.Where(name => !kept.Contains(name)).ShouldBeEmpty();
            var audit = await AllAsync(page =>
                server.Client.ListAuditAsync(new AuditFilter { What = "model.create" }, page));
            audit.Select(entry => entry.Subject).Order().ShouldBe(kept.Select(name => $"models/{name}").Order());
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<List<T>> AllAsync<T>(Func<PageRequest, Task<Page<T>>> list)
    {
        var all = new List<T>();
        string? next = null;
        do
        {
            var page = await list(new PageRequest(PageToken: next));
            all.AddRange(page.Items);
            next = page.NextPageToken;
        }
        while (next is not null);
        return all;
    }

    private static async Task CheckAsync(
        TestServer server, List<string> acknowledged, int registered, bool committed, string data)
    {
        foreach (var digest in acknowledged)
            (await server.Client.HasArtifactAsync(digest)).ShouldBeTrue();

        var versions = (await server.Client.ListVersionsAsync("m")).Items;
        versions.Count.ShouldBe(registered + (committed ? 1 : 0));
        foreach (var file in versions.SelectMany(version => version.Files))
        {
            using var bytes = new MemoryStream();
            await server.Client.ReadArtifactAsync(file.Digest, bytes);
            Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())).ShouldBe(file.Digest);
        }

        var audit = await server.Client.ListAuditAsync(new AuditFilter { What = "version.register" });
        audit.Items.Count.ShouldBe(versions.Count);
        Directory.EnumerateFileSystemEntries(Path.Combine(data, "artifacts", "uploads")).ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(Path.Combine(data, "probe")).ShouldBeEmpty();
    }

    private static byte[] Content(string name)
    {
        var content = new byte[Bytes];
        System.Text.Encoding.ASCII.GetBytes(name, content);
        return content;
    }

    private static async Task<string> UploadAsync(FairleadClient client, byte[] content)
    {
        using var stream = new MemoryStream(content);
        return (await client.PutArtifactAsync(stream)).Digest;
    }

    private static Task<VersionInfo> RegisterAsync(FairleadClient client, byte[] content) =>
        client.RegisterVersionAsync("m", new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", Convert.ToHexStringLower(SHA256.HashData(content)), content.Length)],
        }, idempotencyKey: Convert.ToHexStringLower(SHA256.HashData(content)));

    internal static Task<Process> StartAsync(
        string data, string probe, string order, string? connection, string? bucket = null)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "Fairlead.Server.CrashHost.dll");
        string[] arguments = [host, data, probe, order];
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true }
            .With(connection is null ? arguments : [.. arguments, connection]);
        if (bucket is not null)
            start.Environment["CRASHHOST_BUCKET"] = bucket;
        return Task.FromResult(Process.Start(start)!);
    }

    private static TheoryData<string, Engine> Each(params string[] points)
    {
        var each = new TheoryData<string, Engine>();
        foreach (var point in points)
        {
            each.Add(point, Engine.Sqlite);
            if (point is "look-again" or "answer")
                each.Add(point, Engine.Postgres);
        }

        return each;
    }
}
