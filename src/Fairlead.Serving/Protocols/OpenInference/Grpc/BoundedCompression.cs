using System.IO.Compression;
using Fairlead.Serving.Predict;
using Grpc.Net.Compression;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>
/// gzip for messages, with a limit on what comes out: the framework bounds a message by its compressed length only,
/// and a kilobyte can unpack to a megabyte.
/// </summary>
internal sealed class BoundedCompression(int maxBytes) : ICompressionProvider
{
    public string EncodingName => "gzip";

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

    public Stream CreateDecompressionStream(Stream stream) => new Bounded(stream, maxBytes);

    private sealed class Bounded(Stream compressed, int maxBytes) : Stream
    {
        private readonly GZipStream _unpacked = new(compressed, CompressionMode.Decompress, leaveOpen: true);
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var read = _unpacked.Read(buffer);
                _read += read;
                if (_read <= maxBytes)
                    return read;
            }
            catch (InvalidDataException)
            {
                throw InferFailure.Of(PredictFailure.Malformed, "The message is no valid gzip stream.");
            }

            throw InferFailure.Of(
                PredictFailure.TooLarge, $"The message is larger than the {maxBytes} bytes that are allowed.");
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _unpacked.Dispose();
            base.Dispose(disposing);
        }
    }
}
