using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Schemas;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Serving.Protocols.Native;

/// <summary>The door of <c>POST /api/v1/endpoints/{name}/predict</c>.</summary>
public sealed class NativeDoor(
    PredictPipeline pipeline, CallPool calls, RequestLimits limits, Func<HttpContext, Principal> principalOf,
        TimeProvider time)
{
    private const int KeptCodecs = 256;

    private readonly Pool<NativeCodec> _codecs =
        new(KeptCodecs, () => new NativeCodec(limits), static codec => codec.End());

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var call = calls.Rent();
        var codec = _codecs.Rent();
        try
        {
            var name = (string)context.Request.RouteValues["name"]!;
            call.Begin(name, principalOf(context), codec, time.GetTimestamp(), context.RequestAborted);
            call.Door = Door.Predict;
            if (await ReadAsync(context, call, codec).ConfigureAwait(false))
                await pipeline.PredictAsync(call).ConfigureAwait(false);
            pipeline.Close(call, Door.Predict);
            await SendAsync(context, call).ConfigureAwait(false);
        }
        finally
        {
            _codecs.Return(codec);
            calls.Return(call);
        }
    }

    private async ValueTask<bool> ReadAsync(HttpContext context, PredictCall call, NativeCodec codec)
    {
        try
        {
            await BodyReader.ReadAsync(context.Request, call.RequestBody, limits.MaxBodyBytes, context.RequestAborted)
                .ConfigureAwait(false);
            codec.Begin(call.RequestBody.Written, context.Request.Headers);
            return true;
        }
        catch (RequestException e)
        {
            call.Fail(e.Failure, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            call.Fail(e.StatusCode == StatusCodes.Status413PayloadTooLarge ? PredictFailure.TooLarge
                : PredictFailure.Malformed, e.Message);
        }
        catch (OperationCanceledException)
        {
            call.Fail(PredictFailure.CallerGone, "The caller went away.");
        }

        return false;
    }

    private static async ValueTask SendAsync(HttpContext context, PredictCall call)
    {
        var response = context.Response;
        if (call.Failure == PredictFailure.None)
        {
            if (call.SchemaFaults is { } faults)
                response.Headers[SchemaReport.HeaderName] = faults;
            response.ContentType = "application/json";
            response.ContentLength = call.Body.Written.Length;
            await response.Body.WriteAsync(call.Body.Written, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.StatusCode = call.Failure.HttpStatus();
        if (response.StatusCode is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = "1";
        var problem = new PredictProblem(call.Failure.Code(), response.StatusCode, call.FailureDetail);
        response.ContentType = "application/problem+json";
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, PredictProblem.Json),
            context.RequestAborted)
            .ConfigureAwait(false);
    }

    /// <summary>The error body of RFC 9457 with our stable code.</summary>
    private sealed record PredictProblem(string Code, int Status, string Detail)
    {
        /// <summary>Quotes stay readable; the answer is never part of a page.</summary>
        public static readonly JsonSerializerOptions Json =
            new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        public string Type => "urn:fairlead:problem:" + Code;

        public string Title => Code.Replace('_', ' ');
    }
}

/// <summary>Puts the door on its route.</summary>
public static class NativeDoorExtensions
{
    /// <summary>Adds what the door needs.</summary>
    public static IServiceCollection AddNativePredict(this IServiceCollection services) =>
        services.AddSingleton<NativeDoor>();

    /// <summary>Maps the route <c>POST /api/v1/endpoints/{name}/predict</c>.</summary>
    public static IEndpointConventionBuilder MapNativePredict(this IEndpointRouteBuilder routes)
    {
        // Made once here, so that the request path looks nothing up.
        var door = routes.ServiceProvider.GetRequiredService<NativeDoor>();
        return routes.MapPost("/api/v1/endpoints/{name}/predict", door.AnswerAsync);
    }
}
