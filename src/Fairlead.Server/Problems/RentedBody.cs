using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Problems;

/// <summary>
/// The bytes of a request in memory that is lent, and given back when this is disposed; nothing may look at them after.
/// <see cref="RequestBody.Limit"/> says how many there may be.
/// </summary>
internal sealed class RentedBody : IDisposable
{
    private const int LeastBytes = 4 << 10;
    private const int UnseenBytes = 128 << 10;

    private byte[] _bytes;
    private int _length;

    private RentedBody(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <summary>Reads a whole body; <see cref="RequestBody.Limit"/> was called before.</summary>
    public static async Task<RentedBody> ReadAsync(HttpContext context)
    {
        // One byte more than is announced, so that the end is seen without growing; but no more than an ordinary batch
        // before it is there, since to announce costs a caller nothing.
        var body = new RentedBody((int)Math.Min(context.Request.ContentLength ?? LeastBytes, UnseenBytes) + 1);
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(
                body._bytes.AsMemory(body._length), context.RequestAborted)) > 0)
            {
                body._length += read;
                if (body._length == body._bytes.Length)
                    body.Grow();
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _bytes.Length);
        _bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
