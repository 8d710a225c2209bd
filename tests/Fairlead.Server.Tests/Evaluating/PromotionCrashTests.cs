using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Evaluating;

/// <summary>
/// A server that is killed among promotions: each has moved its alias, with the move in its history and in the audit
/// log, or has done nothing.
/// </summary>
public sealed class PromotionCrashTests(PostgresServer postgres)
{
    private const int Models = 6;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Killed_AmongPromotions_LeavesNoneHalfDone(Engine engine)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-crash-").FullName;
        var data = Path.Combine(folder, "data");
        var connection = engine == Engine.Postgres ? await postgres.CreateDatabaseAsync() : null;
        var acknowledged = new ConcurrentBag<PromotionInfo>();
        using (var child = await CrashTests.StartAsync(
            data, ProbeScript.Write(folder)[1], Path.Combine(folder, "no"), connection))
        {
            var client = FairleadClient.Connect(new Uri((await child.StandardOutput.ReadLineAsync())!));
            await Task.WhenAll(Enumerable.Range(0, Models).Select(model => PrepareAsync(client, $"m{model}")));
            var work = Enumerable.Range(0, Models)
                .Select(model => PromoteAsync(client, $"m{model}", acknowledged)).ToList();
            while (acknowledged.Count < 5 * Models && !work.TrueForAll(each => each.IsCompleted))
                await Task.Delay(2);
            child.Kill();
            await Task.WhenAll(work);
            await child.WaitForExitAsync();
        }

        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(5 * Models);
        await using (var server = await TestServer.StartAsync(options =>
            (options.DataFolder, options.PostgresConnection) = (data, connection)))
        {
            for (var model = 0; model < Models; model++)
                await CheckAsync(server.Client, $"m{model}", acknowledged);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task CheckAsync(
        FairleadClient client, string model, IEnumerable<PromotionInfo> acknowledged)
    {
        var page = new PageRequest(1000);
        var promotions = (await client.ListPromotionsAsync(
            new PromotionFilter { Model = model, All = true }, page)).Items;
        promotions.ShouldAllBe(each => each.Status == "moved");
        var kept = promotions.Select(each => each.Id).ToHashSet();
        acknowledged.Where(each => each.Model == model && !kept.Contains(each.Id)).ShouldBeEmpty();
        var moves = (await client.ListAliasHistoryAsync(model, "champion", page: page)).Items;
        moves.Select(move => move.Version).ShouldBe(promotions.Select(each => (int?)each.Version), model);
        (await client.GetModelAsync(model)).Aliases["champion"].ShouldBe(promotions[0].Version);
        var audit = (await client.ListAuditAsync(
            new AuditFilter { What = "promotion.request" }, new PageRequest(1000))).Items;
        foreach (var promotion in promotions)
            audit.Count(entry => entry.Subject == $"models/{model}/promotions/{promotion.Id}").ShouldBe(1);
    }

    private static async Task PrepareAsync(FairleadClient client, string model)
    {
        foreach (var version in new[] { 1, 2 })
        {
            var content = System.Text.Encoding.UTF8.GetBytes($"{model} {version}");
            using var stream = new MemoryStream(content);
            await client.PutArtifactAsync(stream);
            await client.RegisterVersionAsync(model, new RegisterVersionRequest
            {
                Files =
                [
                    new VersionFile("model.onnx", Convert.ToHexStringLower(SHA256.HashData(content)), content.Length),
                ],
            });
        }

        await client.PutPromotionPolicyAsync(model, new PromotionPolicyRequest
        {
            Checks = [new PromotionCheckRequest { Name = "small", Size = new SizeCheckRequest { Files = 1000 } }],
        });
    }

    private static async Task PromoteAsync(
        FairleadClient client, string model, ConcurrentBag<PromotionInfo> acknowledged)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                acknowledged.Add(await client.PromoteAsync(
                    new PromotionRequest { Model = model, Version = 1 + (i % 2), Alias = "champion" }));
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }
        }
    }
}
