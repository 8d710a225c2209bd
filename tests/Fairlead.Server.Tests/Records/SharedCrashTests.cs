using System.Diagnostics;
using System.Security.Cryptography;
using Fairlead.Server.Records;
using Fairlead.Server.Records.Shared;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Records;
using Fairlead.Serving.Records.Tables;
using Microsoft.Extensions.DependencyInjection;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace Fairlead.Server.Tests.Records;

/// <summary>
/// A process whose tables the bucket follows is killed at one write to the bucket after the other, each life going on
/// where the one before ended. At the end both sides hold the same tables, everybody else is there once, and the person
/// who was to be forgotten is nowhere.
/// </summary>
public sealed class SharedCrashTests(BucketServer bucket)
{
    private const string Anna = "anna-of-many";

    [Fact]
    public async Task Killed_AtEachWriteToTheBucket_BothSidesAgree_AndThePersonIsInNeither()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-shared-crash-").FullName;
        var address = await bucket.AddressAsync();
        var objects = Path.Combine(bucket.Folder, new Uri(address).AbsolutePath.Trim('/'));
        await PrepareAsync(folder, address);
        Holds(objects, Anna).ShouldBeTrue();

        // The cut table is there and not named; named, and what it replaced is still there; one of these is gone.
        foreach (var point in (string[])["after-put-1", "after-put-2", "after-delete-1"])
        {
            var order = Path.Combine(folder, "order");
            await File.WriteAllTextAsync(order, point);
            using var process = Process.Start(new ProcessStartInfo("dotnet").With([
                Path.Combine(AppContext.BaseDirectory, "Fairlead.Server.CrashHost.dll"), "forget",
                Path.Combine(folder, "data"), address, order]))!;
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(137, point);
        }

        await using (var last = await StartAsync(folder, address))
            await last.Services.GetRequiredService<RecordForgetting>().ApplyAsync(CancellationToken.None);

        var records = Path.Combine(folder, "data", "records");
        foreach (var place in (string[])[records, objects])
            Holds(place, Anna).ShouldBeFalse(place);
        var tables = new RecordTableFolder(Path.Combine(records, "tables"));
        var local = tables.List().ToDictionary(table => table.ToString(), table => DigestOf(tables.Fetch(table)!));
        var manifest = RecordManifest.Read(await File.ReadAllBytesAsync(
            Files(Path.Combine(objects, "records", "replicas")).Single()));
        manifest.Tables.ToDictionary(table => table.Name, table => table.Digest).ShouldBe(local, ignoreOrder: true);
        Files(Path.Combine(objects, "records", "sha256")).Select(DigestOf).Order().ShouldBe(local.Values.Order());
        tables.List().SelectMany(table => UnitsIn(tables.Fetch(table)!)).Order().ShouldBe(["bo", "christina"]);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// Two tables in the bucket, one of which holds nobody else, and a file that is not rolled yet; and the row that
    /// says whom to forget, of which nothing has been done.
    /// </summary>
    private static async Task PrepareAsync(string folder, string address)
    {
        await using var server = await StartAsync(folder, address);
        var endpoint = await server.LoggedAsync("mine");
        await server.RecordAsync(endpoint.Number, "mine", Anna, "bo");
        await server.RollAsync();
        await server.RecordAsync(endpoint.Number, "mine", Anna);
        await server.RollAsync();
        await server.Services.GetRequiredService<SharedRecords>().SyncAsync(null, CancellationToken.None);
        await server.RecordAsync(endpoint.Number, "mine", Anna, "christina");
        var key = await server.Services.GetRequiredService<IRecordKey>().ReadAsync(CancellationToken.None);
        await server.Services.GetRequiredService<Database>().StateAsync(statements => statements.ExecuteAsync(
            "INSERT INTO forgotten_subjects (endpoint, subject, at) VALUES (@endpoint, @subject, @at)",
            CancellationToken.None, ("endpoint", endpoint.Number), ("subject", KeyedHash.Text(key, Anna)),
            ("at", DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds() * 1000)), CancellationToken.None);
    }

    private static Task<TestServer> StartAsync(string folder, string address) => TestServer.StartAsync(options =>
    {
        options.DataFolder = Path.Combine(folder, "data");
        options.ArtifactBucket = address;
    });

    /// <summary>Objects as the server of the bucket keeps them, without what it notes of each.</summary>
    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*_object", SearchOption.AllDirectories);

    private static bool Holds(string folder, string text) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Any(path => Encoding.Latin1.GetString(File.ReadAllBytes(path)).Contains(text));

    private static List<string?> UnitsIn(string path)
    {
        using var reader = new ParquetFileReader(path);
        using var group = reader.RowGroup(0);
        var at = Enumerable.Range(0, group.MetaData.NumColumns)
            .First(column => reader.FileMetaData.Schema.Column(column).Name == "unit");
        using var units = group.Column(at).LogicalReader<string?>();
        return [.. units.ReadAll((int)group.MetaData.NumRows)];
    }

    private static string DigestOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
}
