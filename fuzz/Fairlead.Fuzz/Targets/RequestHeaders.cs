using System.Text;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Server.Registry;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;
using Fairlead.Serving.Protocols.OpenInference.Rest;
using Fairlead.Statistics.Assignment;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// Headers that carry more than a word: units of assignment, idempotency keys, codings by preference, the length of the
/// JSON before binary data. The caller's trace context is read by the framework.
/// </summary>
internal sealed class RequestHeaders : IFuzzTarget
{
    private static readonly RequestLimits Limits = new();
    private static readonly NativeCodec Rows = new(Limits);
    private static readonly RestCodec Tensors = new();
    private static readonly UnitRule Unit = UnitRule.Parse("header:x-user");
    private static readonly RegisterVersionRequest Registration = new() { Files = [] };

    public static string Name => "headers";

    public static IEnumerable<Type> Covers => [typeof(IdempotencyKey), typeof(ResponseEncoding), typeof(RestHeaders)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "user-1", "größe 🚢", "gzip;q=0.5, deflate;q=0.8, identity;q=0", "*;q=0.1, br", "13", "-1", " ",
               "b2c7f1e0-0000-4000-8000-000000000000"]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        ReadUnit(text);
        ReadLength(text);
        if (ResponseEncoding.Choose(text, bodyLength: 5000) is not (null or "gzip" or "deflate"))
            throw new InvalidOperationException("An answer would be in a coding that is not ours.");

        var context = new DefaultHttpContext();
        context.Request.Headers[FairleadClient.IdempotencyKeyHeader] = text;
        try
        {
            if (IdempotencyKey.Of(context, Registration) is not null && !(text.Length <= 255 && text.All(char.IsAscii)))
                throw new InvalidOperationException($"The key '{text}' was taken.");
        }
        catch (RefusalException)
        {
            // It says what a key may be.
        }
    }

    private static void ReadUnit(string text)
    {
        var headers = new HeaderDictionary { ["x-user"] = text };
        Rows.Begin("{\"rows\":[]}"u8.ToArray(), headers);
        Tensors.Begin("{\"inputs\":[]}"u8.ToArray(), headers, Limits);
        var byRows = Rows.TryReadUnit(Unit, out var first);
        var byTensors = Tensors.TryReadUnit(Unit, out var second);
        Rows.End();
        Tensors.End();
        if (byRows != byTensors || first != second || byRows != text.Length > 0)
            throw new InvalidOperationException("Two doors read two units.");
        if (byRows && first != UnitHash.Of(text.AsSpan()))
            throw new InvalidOperationException("The unit is not the header's text.");
    }

    private static void ReadLength(string text)
    {
        try
        {
            Tensors.Begin(
                "{\"inputs\":[]}"u8.ToArray(), new HeaderDictionary { [RestHeaders.JsonLength] = text }, Limits);
        }
        catch (RequestException)
        {
            // It says how long the JSON may be.
        }
        finally
        {
            Tensors.End();
        }
    }
}
