using System.IO.Compression;
using Fairlead.Serving.Predict;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Serving.Protocols;

/// <summary>
/// Reads a request's body into pooled memory, decompressing it on the way. The limit holds for the bytes that come out,
/// so that a small body that unpacks to a large one is refused as soon as it passes the limit.
/// </summary>
internal static class BodyReader
{
    private const int Chunk = 16 * 1024;
    private const int FramingRoom = 64 * 1024;

    /// <summary>
    /// Reads the whole body; throws <see cref="RequestException"/> when it is too large, broken or oddly encoded.
    /// </summary>
    public static async ValueTask ReadAsync(
        HttpRequest request, PooledBuffer to, int maxBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);
        RaiseServerLimit(request, maxBytes);
        try
        {
            if (IsEncoded(request))
                await DecodeAsync(request, to, maxBytes, cancellation).ConfigureAwait(false);
            else
                await CopyAsync(request, to, maxBytes, cancellation).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge(maxBytes)
                : new RequestException(PredictFailure.Malformed, e.Message, e);
        }
    }

    /// <summary>
    /// The server's own limit is below ours by default. It counts the bytes on the wire, the frames of chunks included,
    /// so it is set with room for those; it still ends a compressed body of which nothing ever comes out.
    /// </summary>
    private static void RaiseServerLimit(HttpRequest request, int maxBytes)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = (2L * maxBytes) + FramingRoom;
    }

    private static bool IsEncoded(HttpRequest request) =>
        request.Headers.ContentEncoding is { Count: > 0 } encoding
        && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase);

    private static async ValueTask CopyAsync(
        HttpRequest request, PooledBuffer to, int maxBytes, CancellationToken cancellation)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            foreach (var segment in result.Buffer)
                to.Write(segment.Span);
            reader.AdvanceTo(result.Buffer.End);
            if (to.Written.Length > maxBytes)
                throw TooLarge(maxBytes);
            if (result.IsCompleted)
                return;
        }
    }

    private static async ValueTask DecodeAsync(
        HttpRequest request, PooledBuffer to, int maxBytes, CancellationToken cancellation)
    {
        var encoding = request.Headers.ContentEncoding.ToString();

        // "deflate" on the wire is a zlib stream (RFC 9110, 8.4.1.2), not a bare deflate one.
        await using Stream decoded = encoding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
            "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress, leaveOpen: true),
            _ => throw new RequestException(
                PredictFailure.Unsupported,
                $"The Content-Encoding '{encoding}' is not taken; send gzip, deflate or identity."),
        };
        try
        {
            int read;
            while ((read = await decoded.ReadAsync(to.GetMemory(Chunk), cancellation).ConfigureAwait(false)) > 0)
            {
                to.Advance(read);
                if (to.Written.Length > maxBytes)
                    throw TooLarge(maxBytes);
            }
        }
        catch (Exception e) when (IsBrokenStream(e))
        {
            throw new RequestException(PredictFailure.Malformed, $"The body is no valid {encoding} stream.", e);
        }
    }

    /// <summary>
    /// A stream that asks for a dictionary which nobody has ends in an exception that the library keeps to itself. What
    /// a connection throws when it breaks is an <see cref="IOException"/> as well, and is none of a stream's faults.
    /// </summary>
    private static bool IsBrokenStream(Exception e) =>
        e is InvalidDataException || (e is IOException && e.GetType().Assembly == typeof(ZLibStream).Assembly);

    private static RequestException TooLarge(int maxBytes) =>
        new(PredictFailure.TooLarge, $"The request's body is larger than the {maxBytes} bytes that are allowed.");
}
