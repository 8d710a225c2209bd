using System.Text.Json;
using System.Text.Unicode;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary>A request of the protocol: a JSON body, or for GET the parameters of the address.</summary>
internal sealed class MlflowRequest
{
    private const int MaxDepth = 64;

    private MlflowRequest(HttpContext context, JsonElement body)
    {
        Context = context;
        Body = new MlflowObject(body);
    }

    public HttpContext Context { get; }

    public MlflowObject Body { get; }

    public Principal Caller => Context.Caller();

    public CancellationToken Cancellation => Context.RequestAborted;

    /// <summary>A run's id, which old clients call <c>run_uuid</c>.</summary>
    public string RunId => OptionalRunId ?? throw Body.Missing("run_id");

    public string? OptionalRunId => Body.Text("run_id") is { Length: > 0 } id ? id
        : Body.Text("run_uuid") is { Length: > 0 } old ? old : null;

    /// <summary>A value of the address's path.</summary>
    public string Route(string name) => RequestQuery.Route(Context, name);

    public static async Task<MlflowRequest> ReadAsync(HttpContext context, long maxBytes)
    {
        if (HttpMethods.IsGet(context.Request.Method))
            return new MlflowRequest(context, OfQuery(context));

        RequestBody.Limit(context, maxBytes);
        var body = await RentedBody.ReadAsync(context);
        context.Response.RegisterForDispose(body);
        if (body.Bytes.Length == 0)
            return new MlflowRequest(context, Parse(context, "{}"u8.ToArray()));
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || type.MediaType != "application/json")
        {
            throw new RefusalException(RunRefusals.Invalid("Content-Type",
                "Bad Request. Content-Type must be one of ['application/json']."));
        }

        var root = Parse(context, body.Bytes);

        // Old clients send the JSON as a text inside JSON.
        if (root.ValueKind == JsonValueKind.String)
            root = Parse(context, System.Text.Encoding.UTF8.GetBytes(root.GetString()!));
        return root.ValueKind == JsonValueKind.Object
            ? new MlflowRequest(context, root)
            : throw NotJson("it is no object");
    }

    /// <summary>
    /// The document stays as it was read, and is given back after the answer: a batch is long, and a copy of it would
    /// be one of the large objects that are collected seldom.
    /// </summary>
    private static JsonElement Parse(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
            context.Response.RegisterForDispose(document);
            return IsUnicode(bytes.Span) ? document.RootElement : throw NotJson("a text in it is not Unicode");
        }
        catch (JsonException bad)
        {
            throw NotJson(bad.Message);
        }
    }

    /// <summary>
    /// Says whether every text of a document can be read. Bytes that are no UTF-8 and halves of surrogate pairs are
    /// not found by parsing, but only when somebody asks for the text that has them.
    /// </summary>
    private static bool IsUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            return false;
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
            return true;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                    reader.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonElement OfQuery(HttpContext context)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, values) in context.Request.Query)
            {
                json.WritePropertyName(name);
                if (values.Count == 1)
                {
                    json.WriteStringValue(values[0]);
                    continue;
                }

                json.WriteStartArray();
                foreach (var value in values)
                    json.WriteStringValue(value);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Parse(context, buffer.ToArray());
    }

    private static RefusalException NotJson(string why) =>
        new(RunRefusals.Invalid("body", $"The body is not a JSON object: {why}"));
}
