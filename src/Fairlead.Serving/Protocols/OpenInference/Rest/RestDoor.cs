using System.Globalization;
using Fairlead.Core.Access;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Schemas;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>The door of <c>POST /v2/models/{name}[/versions/{version}]/infer</c>.</summary>
public sealed class RestDoor(
    PredictPipeline pipeline, CallPool calls, RequestLimits limits,
    Func<HttpContext, Principal> principalOf, TimeProvider time)
{
    private const int KeptCodecs = 256;

    private readonly Pool<RestCodec> _codecs =
        new(KeptCodecs, static () => new RestCodec(), static codec => codec.End());

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var call = calls.Rent();
        var codec = _codecs.Rent();
        try
        {
            var name = (string)context.Request.RouteValues["name"]!;
            call.Begin(name, principalOf(context), codec, time.GetTimestamp(), context.RequestAborted);
            call.Door = Door.OpenInferenceRest;
            if (TryPin(context, call) && await ReadAsync(context, call, codec).ConfigureAwait(false))
                await pipeline.PredictAsync(call).ConfigureAwait(false);
            pipeline.Close(call, Door.OpenInferenceRest);
            if (call.Failure == PredictFailure.None)
                await SendAnswerAsync(context, call, codec).ConfigureAwait(false);
            else
                await RestErrors.SendAsync(context, call.Failure, call.FailureDetail, call.Body).ConfigureAwait(false);
        }
        finally
        {
            _codecs.Return(codec);
            calls.Return(call);
        }
    }

    private static bool TryPin(HttpContext context, PredictCall call)
    {
        if (context.Request.RouteValues["version"] is not string text)
            return true;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0)
        {
            call.PinnedVersion = version;
            return true;
        }

        call.Fail(PredictFailure.UnknownVersion, RestErrors.UnknownVersion(call.EndpointName, text));
        return false;
    }

    private async ValueTask<bool> ReadAsync(HttpContext context, PredictCall call, RestCodec codec)
    {
        try
        {
            await BodyReader.ReadAsync(context.Request, call.RequestBody, limits.MaxBodyBytes, context.RequestAborted)
                .ConfigureAwait(false);
            codec.Begin(call.RequestBody.Written, context.Request.Headers, limits);
            call.CallerTimeout = codec.Timeout;
            return true;
        }
        catch (RequestException e)
        {
            call.Fail(e.Failure, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            var tooLarge = e.StatusCode == StatusCodes.Status413PayloadTooLarge;
            call.Fail(tooLarge ? PredictFailure.TooLarge : PredictFailure.Malformed, e.Message);
        }
        catch (OperationCanceledException)
        {
            call.Fail(PredictFailure.CallerGone, "The caller went away.");
        }

        return false;
    }

    private static async ValueTask SendAnswerAsync(HttpContext context, PredictCall call, RestCodec codec)
    {
        var response = context.Response;
        var body = call.Body.Written;
        response.Headers[RestHeaders.PredictionId] = call.PredictionIdText();
        response.Headers[RestHeaders.Variant] = call.Variant!.Name.ToString();
        if (call.SchemaFaults is { } faults)
            response.Headers[SchemaReport.HeaderName] = faults;
        response.ContentType = "application/json";
        if (codec.AnswerJsonLength is { } jsonLength)
        {
            response.ContentType = "application/octet-stream";
            response.Headers[RestHeaders.JsonLength] = jsonLength.ToString(CultureInfo.InvariantCulture);
        }

        var coding = ResponseEncoding.Choose(context.Request.Headers.AcceptEncoding.ToString(), body.Length);
        if (coding is null)
        {
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.Headers.ContentEncoding = coding;
        response.Headers.Vary = "Accept-Encoding";
        await using var compressing = ResponseEncoding.Open(coding, response.Body);
        await compressing.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
