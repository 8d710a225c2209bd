using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>
/// An answer that leaves while it is written: no more than <see cref="PieceBytes"/> of it wait here. What fails after
/// the first piece breaks the connection, so that nobody takes half an answer for a whole one.
/// </summary>
internal sealed class MlflowStream
{
    private const int PieceBytes = 32 << 10;

    private readonly PipeWriter _body;
    private readonly CancellationToken _aborted;
    private long _sent;

    private MlflowStream(PipeWriter body, Utf8JsonWriter json, CancellationToken aborted) =>
        (_body, Json, _aborted) = (body, json, aborted);

    public Utf8JsonWriter Json { get; }

    /// <summary>Answers with an object whose members are written piece by piece.</summary>
    public static async Task WriteAsync(HttpContext context, Func<MlflowStream, Task> members)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        await members(new MlflowStream(context.Response.BodyWriter, json, context.RequestAborted));
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>Between two values: sends what is written, when it is enough for a piece.</summary>
    public ValueTask RelieveAsync() =>
        Json.BytesCommitted + Json.BytesPending - _sent < PieceBytes ? ValueTask.CompletedTask : SendAsync();

    private async ValueTask SendAsync()
    {
        _sent = Json.BytesCommitted + Json.BytesPending;
        await Json.FlushAsync(_aborted);
        await _body.FlushAsync(_aborted);
    }
}
