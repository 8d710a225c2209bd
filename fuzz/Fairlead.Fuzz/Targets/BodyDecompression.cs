using System.IO.Compression;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.OpenInference.Grpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Fuzz.Targets;

/// <summary>Bodies in a coding; the first byte says in which.</summary>
internal sealed class BodyDecompression : IFuzzTarget
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>The first byte that stands for a gRPC message; those below it are bodies in these codings.</summary>
    private const int Message = 4;

    private static readonly string[] Codings = ["gzip", "deflate", "identity", "br"];

    public static string Name => "body-decompression";

    public static IEnumerable<Type> Covers => [typeof(BodyReader), typeof(BoundedCompression)];

    public static IEnumerable<byte[]> Seeds =>
    [
        [0, .. Pack(to => new GZipStream(to, CompressionLevel.Fastest), 1000)],
        [0, .. Pack(to => new GZipStream(to, CompressionLevel.Fastest), 2 * MaxBytes)],
        [1, .. Pack(to => new ZLibStream(to, CompressionLevel.Fastest), 1000)],
        [1, 0x78, 0x20, 0, 0, 0, 1, 3, 0],
        [2, 65, 66],
        [4, .. Pack(to => new GZipStream(to, CompressionLevel.Fastest), 2 * MaxBytes)],
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;
        if (data[0] % 5 == Message)
        {
            Unpack(data[1..]);
            return;
        }

        var context = new DefaultHttpContext();
        context.Request.Headers.ContentEncoding = Codings[data[0] % 5];
        context.Request.Body = new MemoryStream(data[1..].ToArray());
        var body = new PooledBuffer();
        try
        {
            // A body in memory is there at once, so nothing is waited for.
            var reading = BodyReader.ReadAsync(context.Request, body, MaxBytes, CancellationToken.None);
            reading.AsTask().GetAwaiter().GetResult();
            if (body.Written.Length > MaxBytes)
                throw new InvalidOperationException($"{body.Written.Length} bytes passed a limit of {MaxBytes}.");
        }
        catch (RequestException)
        {
            // What is refused is nothing more to look at.
        }
        finally
        {
            body.Clear();
        }
    }

    /// <summary>A message over gRPC, whose reader throws the status that ends its call.</summary>
    private static void Unpack(ReadOnlySpan<byte> message)
    {
        using var packed = new MemoryStream(message.ToArray());
        using var unpacked = new BoundedCompression(MaxBytes).CreateDecompressionStream(packed);
        using var room = new MemoryStream();
        try
        {
            unpacked.CopyTo(room);
        }
        catch (RpcException)
        {
            // It names the limit or the broken stream.
        }

        if (room.Length > MaxBytes)
            throw new InvalidOperationException($"{room.Length} bytes passed a limit of {MaxBytes}.");
    }

    private static byte[] Pack(Func<Stream, Stream> open, int length)
    {
        var packed = new MemoryStream();
        using (var packing = open(packed))
            packing.Write(Enumerable.Range(0, length).Select(i => (byte)(i * i)).ToArray());
        return packed.ToArray();
    }
}
