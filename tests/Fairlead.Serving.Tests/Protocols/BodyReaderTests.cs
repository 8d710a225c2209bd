using System.IO.Compression;
using System.Net;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Serving.Tests.Protocols;

/// <summary>Bodies over a real connection, because limits of the server and of the reader meet there.</summary>
public sealed class BodyReaderTests : IAsyncLifetime
{
    private const int Limit = 40 * 1024 * 1024;

    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/", ReadAsync);
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        _client = new HttpClient { BaseAddress = new Uri(addresses.Addresses.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200_000)]
    [InlineData(Limit)]
    public async Task Body_up_to_the_limit_is_read_whole(int length)
    {
        (await SendAsync(new ByteArrayContent(new byte[length]))).ShouldBe($"{length}");
        (await SendAsync(new ByteArrayContent(new byte[length]), chunked: true)).ShouldBe($"{length}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_over_the_limit_is_refused(bool chunked) =>
        (await SendAsync(new ByteArrayContent(new byte[Limit + 1]), chunked)).ShouldBe(nameof(PredictFailure.TooLarge));

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Compressed_body_is_decompressed(string encoding) =>
        (await SendAsync(Compressed(encoding, new byte[300_000]))).ShouldBe("300000");

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Small_body_that_unpacks_to_a_large_one_is_refused(string encoding) =>
        (await SendAsync(Compressed(encoding, new byte[Limit + 1]))).ShouldBe(nameof(PredictFailure.TooLarge));

    [Fact]
    public async Task Compressed_body_without_end_that_unpacks_to_nothing_is_refused()
    {
        // A whole gzip member of nothing: header, an empty block, checksum and length.
        byte[] empty = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var members = new byte[3 * Limit];
        for (var at = 0; at + empty.Length <= members.Length; at += empty.Length)
            empty.CopyTo(members, at);

        // The server closes the connection in the middle of it, with or without an answer that still gets through.
        var refused = SendAsync(Encoded("gzip", members), chunked: true);
        try
        {
            (await refused).ShouldBe(nameof(PredictFailure.TooLarge));
        }
        catch (HttpRequestException)
        {
            refused.IsFaulted.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Broken_compression_is_malformed(string encoding)
    {
        var noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        var whole = await Compressed(encoding, noise).ReadAsByteArrayAsync();

        (await SendAsync(Encoded(encoding, whole[..(whole.Length / 2)]))).ShouldBe(nameof(PredictFailure.Malformed));
        (await SendAsync(Encoded(encoding, [1, 2, 3, 4, 5, 6, 7, 8]))).ShouldBe(nameof(PredictFailure.Malformed));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task Unknown_encoding_is_unsupported(string encoding) =>
        (await SendAsync(Encoded(encoding, [1]))).ShouldBe(nameof(PredictFailure.Unsupported));

    private static async Task ReadAsync(HttpContext context)
    {
        var body = new PooledBuffer();
        string answer;
        try
        {
            await BodyReader.ReadAsync(context.Request, body, Limit, context.RequestAborted);
            answer = $"{body.Written.Length}";
        }
        catch (RequestException e)
        {
            answer = e.Failure.ToString();
            context.Response.StatusCode = e.Failure.HttpStatus();
        }

        body.Clear();
        await context.Response.WriteAsync(answer);
    }

    /// <summary>Waits for the server's word before the body is sent: a refusal may come first.</summary>
    private async Task<string> SendAsync(HttpContent content, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = content,
            Version = HttpVersion.Version11
        };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true;
        using var response = await _client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private static ByteArrayContent Compressed(string encoding, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (Stream stream = encoding == "gzip"
            ? new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(bytes);
        }

        return Encoded(encoding, packed.ToArray());
    }

    private static ByteArrayContent Encoded(string encoding, byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return content;
    }
}
