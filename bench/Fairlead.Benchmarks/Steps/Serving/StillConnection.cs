using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>
/// A request that is there already and an answer that goes nowhere, in objects that are used again as the web server
/// does: what a door takes of memory is then its own.
/// </summary>
internal sealed class StillConnection : IHttpResponseFeature, IHttpResponseBodyFeature, IRequestBodyPipeFeature,
    IHttpRequestLifetimeFeature
{
    private readonly FeatureCollection _features = new();
    private readonly DefaultHttpContext _context;
    private readonly WholeBody _body;
    private readonly CountingStream _sent = new();

    public StillConnection(byte[] body)
    {
        _body = new WholeBody(body);
        _features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "POST" });
        _features.Set<IHttpResponseFeature>(this);
        _features.Set<IHttpResponseBodyFeature>(this);
        _features.Set<IRequestBodyPipeFeature>(this);
        _features.Set<IHttpRequestLifetimeFeature>(this);
        _context = new DefaultHttpContext(_features);
        _context.Request.ContentLength = body.Length;
    }

    /// <summary>Bytes of the last answer.</summary>
    public long Sent => _sent.Count;

    public int StatusCode { get; set; }

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; } = Stream.Null;

    public bool HasStarted => false;

    public Stream Stream => _sent;

    public PipeWriter Writer => throw new NotSupportedException();

    public PipeReader Reader => _body;

    public CancellationToken RequestAborted { get; set; }

    /// <summary>The same request once more, its route's value set.</summary>
    public HttpContext Begin(string routeValue, string value)
    {
        _body.Rewind();
        _sent.Count = 0;
        StatusCode = 200;
        Headers.Clear();
        _context.Request.RouteValues[routeValue] = value;
        return _context;
    }

    public void OnStarting(Func<object, Task> callback, object state)
    {
    }

    public void OnCompleted(Func<object, Task> callback, object state)
    {
    }

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(
        string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task CompleteAsync() => Task.CompletedTask;

    public void Abort()
    {
    }

    private sealed class WholeBody(byte[] bytes) : PipeReader
    {
        private ReadOnlySequence<byte> _left = new(bytes);

        public void Rewind() => _left = new ReadOnlySequence<byte>(bytes);

        public override bool TryRead(out ReadResult result)
        {
            result = new ReadResult(_left, isCanceled: false, isCompleted: true);
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            TryRead(out var result);
            return new ValueTask<ReadResult>(result);
        }

        public override void AdvanceTo(SequencePosition consumed) => _left = _left.Slice(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }

    private sealed class CountingStream : Stream
    {
        public long Count { get; set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Count;

        public override long Position
        {
            get => Count;
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Count += count;

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
