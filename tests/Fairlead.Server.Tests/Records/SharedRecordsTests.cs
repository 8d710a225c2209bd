using System.Net;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Records;
using Fairlead.Server.Records.Shared;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Records;

/// <summary>Replicas with a bucket answer of what all of them recorded.</summary>
public sealed class SharedRecordsTests(PostgresServer postgres, BucketServer bucket) : IClassFixture<BucketServer>
{
    private const string Person = "anna-of-many";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Question_ToAnyReplica_KnowsTablesAndNewestRecordsOfAll_AndWhoIsMissing()
    {
        await using var two = await PairAsync("one", "two");
        var (one, other) = (two.One, two.Other);
        var endpoint = (await one.LoggedAsync("mine")).Number;
        await one.RecordAsync(endpoint, "mine", "a", "bb");
        await one.RollAsync();
        await SyncAsync(one);
        await one.RecordAsync(endpoint, "mine", "ccc");
        await other.RecordAsync(endpoint, "mine", "dddd");
        await SyncAsync(other);

        foreach (var server in (TestServer[])[one, other])
            (await UnitsAsync(server)).ShouldBe(("a bb ccc dddd", ""));

        // What is rolled between two questions is there once, not twice and not less.
        await one.RollAsync();
        (await UnitsAsync(other)).ShouldBe(("a bb ccc dddd", ""));

        // A replica that cannot be asked is named; its tables are known all the same.
        one.Options.AdvertisedAddress = "http://127.0.0.1:1";
        await SyncAsync(one);
        (await UnitsAsync(other)).ShouldBe(("a bb ccc dddd", "one"));
        using (var export = new MemoryStream())
        {
            (await other.Client.ExportPredictionsAsync("mine", "csv", export, cancellation: Cancel))
                .ShouldBe(["one"]);
            Encoding.UTF8.GetString(export.ToArray()).Split('\n').Length.ShouldBe(6);
        }

        // Without the bucket a replica knows what it recorded itself.
        bucket.Stop();
        (await UnitsAsync(other)).ShouldBe(("dddd", "one"));
        await bucket.StartAsync();
    }

    [Fact]
    public async Task Forgotten_Person_IsGoneFromTheBucketAndFromEveryCopy()
    {
        await using var two = await PairAsync("one", "two");
        var (one, other) = (two.One, two.Other);
        var endpoint = (await one.LoggedAsync("mine")).Number;
        await one.RecordAsync(endpoint, "mine", Person, "bo");
        await one.RollAsync();
        await SyncAsync(one);
        (await UnitsAsync(other)).ShouldBe(($"{Person} bo", ""));
        (await HoldersAsync(two, Person)).ShouldBe(["bucket", "one", "two"]);

        // Who is asked forgets at once for every answer; the bucket follows where the records are.
        await other.Client.ForgetPredictionsAsync(
            "mine", new ForgetPredictionsRequest { Subject = Person, Reason = "asked for it" }, Cancel);
        (await UnitsAsync(other)).ShouldBe(("bo", ""));
        bucket.Stop();
        var forgetting = one.Services.GetRequiredService<RecordForgetting>();
        await Should.ThrowAsync<IOException>(forgetting.ApplyAsync(Cancel));
        await bucket.StartAsync();
        await forgetting.ApplyAsync(Cancel);
        await other.Services.GetRequiredService<SharedRecords>().ManifestsAsync(Cancel);

        (await HoldersAsync(two, Person)).ShouldBeEmpty();
        (await UnitsAsync(other)).ShouldBe(("bo", ""));
    }

    [Fact]
    public async Task Tables_OfAReplicaThatIsGone_AreCutAndExpired_ByWhoeverControls()
    {
        var clock = new Clock();
        await using var two = await PairAsync("gone", "two", clock);
        var other = two.Other;
        var endpoint = (await other.LoggedAsync("mine")).Number;
        await two.One.RecordAsync(endpoint, "mine", Person, "bo");
        await two.One.RollAsync();
        await SyncAsync(two.One);
        await two.EndOneAsync();
        await other.Client.ForgetPredictionsAsync(
            "mine", new ForgetPredictionsRequest { Subject = Person, Reason = "asked for it" }, Cancel);
        while (await Lease.TokenOfAsync(other.Services.GetRequiredService<Database>(),
            other.Services.GetRequiredService<Server.Endpoints.Replica>(), Cancel) is null)
        {
            await Task.Delay(20, Cancel);
        }

        var keeping = other.Services.GetRequiredService<RecordKeeping>();
        await keeping.KeepOthersAsync(Cancel);
        (await HoldersAsync(two, Person)).ShouldContain("bucket", "it may come back within the hour");

        clock.Ahead = TimeSpan.FromHours(2);
        await keeping.KeepOthersAsync(Cancel);
        (await HoldersAsync(two, Person)).ShouldBe(["one"], "the disk of the one that is gone");
        (await UnitsAsync(other)).ShouldBe(("bo", ""));

        clock.Ahead = LogSpec.DefaultRetention + TimeSpan.FromDays(2);
        await keeping.KeepOthersAsync(Cancel);
        (await UnitsAsync(other)).ShouldBe(("", ""));
        (await other.Services.GetRequiredService<SharedRecords>().ManifestsAsync(Cancel))
            .Select(each => each.Manifest.Replica).ShouldBe(["two"]);
        (await other.Client.ListAuditAsync(new AuditFilter { What = "records.expire" })).Items.Single().Subject
            .ShouldBe("replicas/gone");
    }

    [Fact]
    public async Task NewestRecords_AreForReplicasOnly()
    {
        await using var two = await PairAsync("one", "two");
        using var http = two.One.HttpWith(null);
        foreach (var shown in (string[])["", "1:2", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}:00"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ReplicaCalls.Path);
            request.Headers.TryAddWithoutValidation(ReplicaCalls.Header, shown);
            using var answer = await http.SendAsync(request, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    private static async Task<(string Units, string Missing)> UnitsAsync(TestServer server)
    {
        var answer = await server.Client.QueryPredictionsAsync(new QueryPredictionsRequest
        {
            Sql = "SELECT string_agg(unit, ' ' ORDER BY unit) FROM mine",
        }, Cancel);
        return (answer.Rows[0][0].GetString() ?? "", string.Join(' ', answer.NotIncluded));
    }

    private static Task SyncAsync(TestServer server) =>
        server.Services.GetRequiredService<SharedRecords>().SyncAsync(null, Cancel);

    /// <summary>Where a text lies: in the bucket, and in the folders of records of the two.</summary>
    private async Task<List<string>> HoldersAsync(Pair two, string text)
    {
        var found = new List<string>();
        foreach (var (name, folder) in new[]
        {
            ("bucket", Path.Combine(bucket.Folder, two.Prefix)),
            ("one", Path.Combine(two.One.Options.DataFolder, "records")),
            ("two", Path.Combine(two.Other.Options.DataFolder, "records")),
        })
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                if (Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancel)).Contains(text))
                    found.Add(name);
            }
        }

        return [.. found.Distinct()];
    }

    private async Task<Pair> PairAsync(string one, string other, TimeProvider? clock = null)
    {
        var connection = await postgres.CreateDatabaseAsync();
        var address = await bucket.AddressAsync();
        var first = await StartAsync(connection, address, one, TimeProvider.System);
        var second = await StartAsync(connection, address, other, clock ?? TimeProvider.System);
        return new Pair(first, second, new Uri(address).AbsolutePath.Trim('/'));
    }

    private static async Task<TestServer> StartAsync(
        string connection, string address, string name, TimeProvider clock)
    {
        var server = await TestServer.StartAsync(options =>
        {
            options.PostgresConnection = connection;
            options.ArtifactBucket = address;
            options.ReplicaName = name;

            // A machine that is busy with other tests may be late with a sign of life.
            options.ReplicaLease = TimeSpan.FromMinutes(2);
        }, services => services.AddSingleton(clock));
        server.Options.AdvertisedAddress = server.Address.ToString();
        await SyncAsync(server);
        return server;
    }

    private sealed class Pair(TestServer one, TestServer other, string prefix) : IAsyncDisposable
    {
        private bool _isEnded;

        public TestServer One => one;

        public TestServer Other => other;

        public string Prefix => prefix;

        public async Task EndOneAsync()
        {
            await one.StopAsync();
            _isEnded = true;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_isEnded)
                await one.DisposeAsync();
            else
                Directory.Delete(Path.GetDirectoryName(one.Options.DataFolder)!, recursive: true);
            await other.DisposeAsync();
        }
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
