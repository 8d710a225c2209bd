using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Fairlead.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Fairlead.Server.Browser;

/// <summary>
/// Carries requests of the typed client to the host's own pipeline without a connection. The answer begins when its
/// first byte is written; the writer waits for a slow reader.
/// </summary>
/// <param name="pipeline">Where requests go.</param>
/// <param name="scopes">Each request has a scope of its own.</param>
/// <param name="signedIn">Who calls; null: whoever the request's own key says.</param>
internal sealed class PipelineHandler(HostPipeline pipeline, IServiceScopeFactory scopes, SignedIn? signedIn)
    : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null
            ? Stream.Null
            : await request.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var pipe = new Pipe();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ContextOf(request, body, pipe.Writer, begun, cancellationToken);

        // On a thread of the pool: the caller may be a circuit whose own thread must not run the host's code.
        _ = Task.Run(() => AnswerAsync(context, pipe.Writer, begun), CancellationToken.None);
        await begun.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return MessageOf(request, context.Response, pipe.Reader);
    }

    private async Task AnswerAsync(HttpContext context, PipeWriter writer, TaskCompletionSource begun)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            context.RequestServices = scope.ServiceProvider;
            await pipeline.Invoke(context);
            await context.Response.CompleteAsync();
            await writer.CompleteAsync();
            begun.TrySetResult();
        }
        catch (Exception failure)
        {
            // It reaches the caller: as the failure of the call, or of reading an answer that had begun.
            await writer.CompleteAsync(failure);
            begun.TrySetException(failure);
        }
    }

    private DefaultHttpContext ContextOf(
        HttpRequestMessage message, Stream body, PipeWriter writer, TaskCompletionSource begun,
        CancellationToken cancellation)
    {
        var context = new DefaultHttpContext { RequestAborted = cancellation };
        var address = message.RequestUri!;
        context.Request.Method = message.Method.Method;
        context.Request.Scheme = address.Scheme;
        context.Request.Host = new HostString("localhost");
        context.Request.Path = PathString.FromUriComponent(address);
        context.Request.QueryString = QueryString.FromUriComponent(address);
        context.Request.Protocol = "HTTP/1.1";
        context.Request.Body = body;
        Copy(message.Headers, context.Request.Headers);
        if (message.Content is { } content)
        {
            context.Request.ContentLength = content.Headers.ContentLength;
            Copy(content.Headers, context.Request.Headers);
            context.Features.Set<IHttpRequestBodyDetectionFeature>(HasBody.Instance);
        }

        var response = new BegunStream(writer.AsStream(), begun);
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response));
        if (signedIn is not null)
            context.Features.Set(signedIn);
        return context;
    }

    private static void Copy(HttpHeaders from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from.NonValidated)
            to[name] = new StringValues([.. values]);
    }

    private static HttpResponseMessage MessageOf(HttpRequestMessage request, HttpResponse answer, PipeReader reader)
    {
        var message = new HttpResponseMessage((HttpStatusCode)answer.StatusCode)
        {
            RequestMessage = request,
            Content = new StreamContent(reader.AsStream()),
        };
        foreach (var (name, values) in answer.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                message.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        return message;
    }

    /// <summary>Minimal APIs read a body only where the server says that there is one.</summary>
    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public static HasBody Instance { get; } = new();

        public bool CanHaveBody => true;
    }

    /// <summary>Says when the answer began, which is when status and headers are settled.</summary>
    private sealed class BegunStream(Stream inner, TaskCompletionSource begun) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
            begun.TrySetResult();
            inner.Flush();
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            begun.TrySetResult();
            return inner.FlushAsync(cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            begun.TrySetResult();
            inner.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            begun.TrySetResult();
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
