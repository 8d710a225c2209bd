using System.Net;
using Fairlead.Server.Storage.S3;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Buckets;

/// <summary>A control plane whose bucket goes away and comes back.</summary>
public sealed class BucketOutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gone_Bucket_IsToldClearly_WhileCopiesGoOn()
    {
        await using var bucket = new BucketServer();
        var address = await bucket.AddressAsync("&cache=1GiB");
        await using var server = await TestServer.StartAsync(options => options.ArtifactBucket = address);
        var version = await server.RegisterAsync("m", "bytes");
        var digest = version.Files[0].Digest;
        var before = (await server.Client.GetStatusAsync(Cancel)).Artifacts!;
        before.Kind.ShouldBe("bucket");
        before.Location.ShouldBe(address[..address.IndexOf('?')]);
        before.Reachable.ShouldBeTrue();
        before.CachedBytes.ShouldBe(5);
        before.CacheBytes.ShouldBe(1L << 30);

        bucket.Stop();
        var problem = await server.UploadAsync("other bytes").ShouldBeRefusedAsync("artifacts_unavailable", 503);
        problem.Detail!.ShouldContain(before.Location!);
        problem.Detail!.ShouldContain("cannot be reached");
        problem.Detail!.ShouldNotContain("S3RVER");
        using (var answer = await server.HttpWith(null).PutAsync(
            "/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/a", new ByteArrayContent([1]), Cancel))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("TEMPORARILY_UNAVAILABLE");
        }

        using (var bytes = new MemoryStream())
        {
            await server.Client.ReadArtifactAsync(digest, bytes, cancellation: Cancel);
            bytes.ToArray().ShouldBe("bytes"u8.ToArray());
        }

        var gone = (await server.Client.GetStatusAsync(Cancel)).Artifacts!;
        gone.Reachable.ShouldBeFalse();
        gone.Fault.ShouldBe("it cannot be reached");

        await bucket.StartAsync();
        await server.UploadAsync("other bytes");
        (await server.Client.GetStatusAsync(Cancel)).Artifacts!.Reachable.ShouldBeTrue();
        (await server.Client.CollectGarbageAsync(cancellation: Cancel)).Artifacts.ShouldBe(0, "it is within the grace");
    }

    [Theory]
    [InlineData("s3://b/p", "3 to 63")]
    [InlineData("s3://key:geheim@bucket/p", "AWS_ACCESS_KEY_ID")]
    [InlineData("s3://bucket?endpoint=ftp://x", "'endpoint'")]
    [InlineData("s3://bucket?endpoint=http://u:p@x", "'endpoint'")]
    [InlineData("s3://bucket?cache=1GB", "'cache'")]
    [InlineData("s3://bucket?cache=1MiB", "at least 64MiB")]
    [InlineData("s3://bucket?region=", "'region'")]
    [InlineData("s3://bucket?access_key=x", "nothing called 'access_key'")]
    [InlineData("http://bucket/p", "s3://BUCKET")]
    public void Address_ThatIsWrong_IsRefusedWithoutRepeatingIt(string text, string words)
    {
        BucketAddress.TryParse(text, out _, out var fault).ShouldBeFalse();

        fault.ShouldContain(words);
        fault.ShouldNotContain("geheim");
    }

    [Fact]
    public void Address_IsReadWithItsSettings()
    {
        BucketAddress.TryParse(
            "s3://my-bucket/a/b/?endpoint=http%3A%2F%2Fminio%3A9000&region=eu-central-1&cache=3GiB", out var address,
            out _).ShouldBeTrue();

        address.ShouldBe(new BucketAddress(
            "my-bucket", "a/b/", new Uri("http://minio:9000"), "eu-central-1", 3L << 30));
        address.ToString().ShouldBe("s3://my-bucket/a/b");
    }
}
