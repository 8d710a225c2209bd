using Fairlead.Client.Api;
using Fairlead.Server.Records;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Records.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Records;

/// <summary>Tables go when they are old, and files of the log that cannot be read are set aside.</summary>
public sealed class RecordKeepingTests
{
    [Fact]
    public async Task Sweep_RemovesWhatIsPastItsRetention_AndSaysSo()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");
        var put = new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
            Log = new LogInfo { Retention = TimeSpan.FromDays(2) },
        };
        var endpoint = await server.Client.PutEndpointAsync("credit", put);

        // What was recorded is kept as it was promised, also when nothing is recorded any more.
        await server.Client.PutEndpointAsync("credit", put with { Log = null });
        var store = server.Services.GetRequiredService<RecordStore>();
        var old = Publish(store, endpoint.Number, TimeSpan.FromDays(2) + TimeSpan.FromMinutes(7));
        var young = Publish(store, endpoint.Number, TimeSpan.FromDays(2));
        var unknown = Publish(store, endpoint.Number + 1, TimeSpan.FromDays(29));

        var keeping = server.Services.GetRequiredService<RecordKeeping>();
        (await keeping.SweepAsync(CancellationToken.None)).ShouldBe(1);
        (await keeping.SweepAsync(CancellationToken.None)).ShouldBe(0);

        store.Tables.List().ShouldBe([young, unknown]);
        store.Tables.Fetch(old).ShouldBeNull();
        var audit = await server.Client.ListAuditAsync(new AuditFilter { What = "records.expire" });
        audit.Items.ShouldHaveSingleItem().Subject.ShouldBe("endpoints/credit");
    }

    [Fact]
    public async Task Roll_OfAFileThatIsNone_SetsItAside()
    {
        await using var server = await TestServer.StartAsync();
        var store = server.Services.GetRequiredService<RecordStore>();
        Directory.CreateDirectory(store.Log.Folder);
        var file = Path.Combine(store.Log.Folder, "00000000000000001.flr");
        await File.WriteAllTextAsync(file, "no records, whatever its name says");

        await store.RollAsync(CancellationToken.None);

        store.Log.AllFiles().ShouldBeEmpty();
        File.Exists(file + ".unreadable").ShouldBeTrue();
    }

    private static RecordTable Publish(RecordStore store, int endpoint, TimeSpan age)
    {
        var opened = TimeProvider.System.GetUtcNow() - age;
        var table = new RecordTable(
            endpoint, DateOnly.FromDateTime(opened.UtcDateTime), $"{opened.ToMicroseconds():D17}", 0);
        var draft = store.Tables.Draft();
        File.WriteAllText(draft, "a table");
        store.Tables.Publish(draft, table);
        return table;
    }
}
