using System.Globalization;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Everything that the protocol asks about a server and its models.</summary>
internal sealed class ReadingRoutes(
    RoutingTable table, ServerIdentity identity, RequestLimits limits, RefusalMeter refusals,
    Func<HttpContext, Principal> principalOf)
{
    public static Task LiveAsync(HttpContext context) =>
        SendAsync(context, StatusCodes.Status200OK, static body => body.Write("{\"live\":true}"u8));

    public Task ReadyAsync(HttpContext context)
    {
        var ready = table.Ready;
        var status = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return SendAsync(context, status, body => body.Write(ready ? "{\"ready\":true}"u8 : "{\"ready\":false}"u8));
    }

    public Task ServerAsync(HttpContext context) => SendAsync(context, StatusCodes.Status200OK, body =>
    {
        body.Write("{\"name\":"u8);
        JsonOutput.WriteText(body, identity.Name);
        body.Write(",\"version\":"u8);
        JsonOutput.WriteText(body, identity.Version);
        body.Write(",\"extensions\":[\"binary_tensor_data\",\"parameters\"]}"u8);
    });

    public Task ModelsAsync(HttpContext context) => SendAsync(context, StatusCodes.Status200OK, body =>
    {
        body.Write("{\"models\":["u8);
        WriteList(
            body, Visible(context), static (body, endpoint) => JsonOutput.WriteText(body, endpoint.Name.ToString()));
        body.Write("]}"u8);
    });

    public Task ModelAsync(HttpContext context)
    {
        if (!TryFind(context, out var endpoint, out var variant, out var failure, out var why))
            return RestErrors.SendAsync(context, failure, why, new PooledBuffer()).AsTask();
        if (variant is null)
        {
            return RestErrors.SendAsync(context, PredictFailure.NotReady,
                $"The endpoint '{endpoint!.Name}' has no version loaded yet.", new PooledBuffer()).AsTask();
        }

        return SendAsync(context, StatusCodes.Status200OK, body =>
        {
            body.Write("{\"name\":"u8);
            JsonOutput.WriteText(body, endpoint!.Name.ToString());
            body.Write(",\"versions\":["u8);
            WriteList(body, Versions(endpoint), static (body, version) => JsonOutput.WriteText(body, version));
            body.Write("],\"platform\":\"onnx_onnxv1\",\"inputs\":["u8);
            WriteList(body, variant.Signature.Inputs, WriteTensor);
            body.Write("],\"outputs\":["u8);
            WriteList(body, variant.Signature.Outputs, WriteTensor);
            body.Write("]}"u8);
        });
    }

    public Task ModelReadyAsync(HttpContext context)
    {
        if (!TryFind(context, out var endpoint, out var variant, out var failure, out var why))
            return RestErrors.SendAsync(context, failure, why, new PooledBuffer()).AsTask();

        var ready = variant is not null;
        return SendAsync(context, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, body =>
        {
            body.Write("{\"name\":"u8);
            JsonOutput.WriteText(body, endpoint!.Name.ToString());
            body.Write(",\"ready\":"u8);
            body.Write(ready ? "true}"u8 : "false}"u8);
        });
    }

    /// <summary>The list of a model repository, which is what the endpoints look like to its clients.</summary>
    public async Task IndexAsync(HttpContext context)
    {
        bool onlyReady;
        var request = new PooledBuffer();
        try
        {
            await BodyReader.ReadAsync(context.Request, request, limits.MaxBodyBytes, context.RequestAborted)
                .ConfigureAwait(false);
            onlyReady = ReadOnlyReady(request.Written.Span);
        }
        catch (RequestException e)
        {
            refusals.Count(Door.OpenInferenceRest, e.Failure);
            await RestErrors.SendAsync(context, e.Failure, e.Message, new PooledBuffer()).ConfigureAwait(false);
            return;
        }
        finally
        {
            request.Clear();
        }

        await SendAsync(context, StatusCodes.Status200OK, body =>
        {
            body.Write("["u8);
            WriteList(body, Visible(context).SelectMany(endpoint => Entries(endpoint, onlyReady)), WriteEntry);
            body.Write("]"u8);
        }).ConfigureAwait(false);
    }

    private static bool ReadOnlyReady(ReadOnlySpan<byte> body)
    {
        var scanner = new JsonScanner(body);
        if (scanner.Peek() == 0)
            return false;
        var ready = false;
        var begun = false;
        scanner.Take((byte)'{');
        while (scanner.More((byte)'}', ref begun))
        {
            if (scanner.TakeName().Is(body, "ready"u8))
                ready = RestParameters.TakeFlag(ref scanner, "ready");
            else
                scanner.SkipValue(RequestLimits.MaxDepth - 1);
        }

        return ready;
    }

    /// <summary>A key that is limited to some endpoints learns nothing of the others.</summary>
    private IEnumerable<EndpointState> Visible(HttpContext context)
    {
        var principal = principalOf(context);
        return table.Endpoints
            .Where(endpoint => AccessPolicy.Allows(principal, new Demand(Role.Viewer, endpoint.Name.ToString())))
            .OrderBy(endpoint => endpoint.Name.ToString(), StringComparer.Ordinal);
    }

    /// <summary>
    /// Finds what a route names. The variant is the one of the version, or the stable one; null while none is loaded.
    /// </summary>
    private bool TryFind(
        HttpContext context, out EndpointState? endpoint, out VariantState? variant,
        out PredictFailure failure, out string why)
    {
        variant = null;
        var name = (string)context.Request.RouteValues["name"]!;
        endpoint = table.Find(name);
        if (endpoint is null)
        {
            (failure, why) = table.KnowsEndpoints
                ? (PredictFailure.UnknownEndpoint, RestErrors.UnknownModel(name))
                : (PredictFailure.NotReady, PredictPipeline.StartingText);
            return false;
        }

        (failure, why) = (PredictFailure.None, "");
        var serving = endpoint.Serving;
        if (context.Request.RouteValues["version"] is not string version)
        {
            variant = serving?.Stable;
            return true;
        }

        var known = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        variant = known ? serving?.Variants.FirstOrDefault(candidate => candidate.Version?.Number == number) : null;
        if (variant is not null || (known && serving is null))
            return true;
        (failure, why) = (PredictFailure.UnknownVersion, RestErrors.UnknownVersion(name, version));
        return false;
    }

    private static IEnumerable<string> Versions(EndpointState endpoint) =>
        endpoint.Serving?.Versions.Select(variant => variant.VersionText).Distinct(StringComparer.Ordinal) ?? [];

    private static IEnumerable<Entry> Entries(EndpointState endpoint, bool onlyReady)
    {
        var name = endpoint.Name.ToString();
        if (endpoint.Serving is not null)
            return Versions(endpoint).Select(version => new Entry(name, version));
        return onlyReady ? [] : [new Entry(name, null)];
    }

    private static void WriteEntry(PooledBuffer body, Entry entry)
    {
        body.Write("{\"name\":"u8);
        JsonOutput.WriteText(body, entry.Name);
        if (entry.Version is null)
        {
            body.Write(",\"state\":\"UNAVAILABLE\",\"reason\":\"no version is loaded yet\"}"u8);
            return;
        }

        body.Write(",\"version\":"u8);
        JsonOutput.WriteText(body, entry.Version);
        body.Write(",\"state\":\"READY\",\"reason\":\"\"}"u8);
    }

    private static void WriteTensor(PooledBuffer body, TensorSpec tensor)
    {
        body.Write("{\"name\":"u8);
        JsonOutput.WriteText(body, tensor.Name);
        body.Write(",\"datatype\":"u8);
        JsonOutput.WriteText(body, tensor.Type.WireName());
        body.Write(",\"shape\":["u8);
        WriteList(body, tensor.Shape, static (body, dimension) => JsonOutput.WriteNumber(body, dimension));
        body.Write("]}"u8);
    }

    private static void WriteList<T>(PooledBuffer body, IEnumerable<T> items, Action<PooledBuffer, T> write)
    {
        var first = true;
        foreach (var item in items)
        {
            if (!first)
                body.Write(","u8);
            first = false;
            write(body, item);
        }
    }

    private static async Task SendAsync(HttpContext context, int status, Action<PooledBuffer> write)
    {
        var body = new PooledBuffer();
        write(body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Written.Length;
        await context.Response.Body.WriteAsync(body.Written, context.RequestAborted).ConfigureAwait(false);
        body.Clear();
    }

    private sealed record Entry(string Name, string? Version);
}
