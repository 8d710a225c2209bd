using Fairlead.Serving.Predict;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Failures in the protocol's form: <c>{"error":"…"}</c> under the status of the table of failures.</summary>
internal static class RestErrors
{
    /// <summary>The words that clients of the protocol look for.</summary>
    public static string UnknownModel(string name) => $"Request for unknown model: '{name}' is not found";

    public static string UnknownVersion(string name, string version) =>
        $"Request for unknown model: '{name}' version {version} is not found";

    /// <summary>Sends a failure; <paramref name="body"/> is room for it and is empty before.</summary>
    public static async ValueTask SendAsync(
        HttpContext context, PredictFailure failure, string detail, PooledBuffer body)
    {
        // Nobody is there to read it.
        if (context.RequestAborted.IsCancellationRequested)
            return;

        var response = context.Response;
        response.StatusCode = failure.HttpStatus();
        if (response.StatusCode is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = "1";
        if (failure == PredictFailure.Unsupported)
            response.Headers.AcceptEncoding = "gzip, deflate";
        body.Write("{\"error\":"u8);
        JsonOutput.WriteText(body, detail);
        body.Write("}"u8);
        response.ContentType = "application/json";
        response.ContentLength = body.Written.Length;
        await response.Body.WriteAsync(body.Written, context.RequestAborted).ConfigureAwait(false);
    }
}
