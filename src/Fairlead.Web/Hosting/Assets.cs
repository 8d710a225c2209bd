using System.Collections.Concurrent;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Fairlead.Web.Hosting;

/// <summary>
/// Style sheets and scripts, which lie inside the program. Addresses name the content, so that a browser asks once a
/// version; each is compressed once.
/// </summary>
internal sealed class Assets
{
    private const string Prefix = "asset/";

    private readonly ConcurrentDictionary<string, Asset?> _read = new(StringComparer.Ordinal);

    /// <summary>The address of an asset; it changes when the content does.</summary>
    public string this[string name] => $"/console/{Find(name)!.Digest}/{name}";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/console/{digest}/{name}", AnswerAsync).DisableAntiforgery();

    private static Task AnswerAsync(HttpContext context, string name, Assets assets)
    {
        if (assets.Find(name) is not { } asset)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.Vary = HeaderNames.AcceptEncoding;
        context.Response.ContentType = asset.Type;
        var bytes = asset.Plain;
        if (context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            headers.ContentEncoding = "br";
            bytes = asset.Compressed.Value;
        }

        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private Asset? Find(string name) => _read.GetOrAdd(name, Read) is { } found ? found : Forget(name);

    /// <summary>Names that are none are not kept: anybody may ask for any number of them.</summary>
    private Asset? Forget(string name)
    {
        _read.TryRemove(name, out _);
        return null;
    }

    private static Asset? Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name);
        if (stream is null)
            return null;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var type = Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        return new Asset(bytes, type, Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8)));
    }

    private sealed record Asset(byte[] Plain, string Type, string Digest)
    {
        public Lazy<byte[]> Compressed { get; } = new(() =>
        {
            using var bytes = new MemoryStream();
            using (var brotli = new BrotliStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
                brotli.Write(Plain);
            return bytes.ToArray();
        });
    }
}
