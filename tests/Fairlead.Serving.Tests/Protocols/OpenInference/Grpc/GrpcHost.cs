using System.Net;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.OpenInference.Grpc;
using Fairlead.Serving.Tests.Hosting;
using Fairlead.Serving.Tests.Predict;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>The gRPC doors on a port of their own, with real models behind them.</summary>
public sealed class GrpcHost : IAsyncLifetime
{
    /// <summary>
    /// Small enough for tests to pass it, and larger than the web server's own limit would be needed for.
    /// </summary>
    public const int MaxBodyBytes = 40 * 1024 * 1024;

    private WebApplication? _app;
    private GrpcChannel? _channel;

    internal DataPlane Plane { get; } = new();

    /// <summary>Who calls, for the requests that follow.</summary>
    public Principal Caller { get; set; } = Principal.Local;

    public GrpcChannel Channel => _channel!;

    public string Address => _app!.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        AddEndpoints();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(Plane.Time);
        builder.Services.AddSingleton(Plane.Routing);
        builder.Services.AddSingleton(Plane.Calls);
        builder.Services.AddSingleton(Plane.Pipeline);
        builder.Services.AddSingleton(Plane.Refusals);
        builder.Services.AddSingleton(new RequestLimits { MaxBodyBytes = MaxBodyBytes, MaxTensors = 64 });
        builder.Services.AddSingleton<Func<HttpContext, Principal>>(_ => Caller);
        builder.Services.AddOpenInferenceGrpc();
        _app = builder.Build();
        _app.MapOpenInferenceGrpc();
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { MaxReceiveMessageSize = null });
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        await Plane.DisposeAsync();
    }

    private void AddEndpoints()
    {
        foreach (var file in (string[])[
            "batch_mlp.onnx", "type_integers.onnx", "type_bool.onnx", "type_double.onnx", "type_float16.onnx",
            "type_bfloat16.onnx", "text_echo.onnx", "shape_many_outputs.onnx", "shape_no_inputs.onnx",
            "shape_lookup.onnx", "shape_scalar.onnx", "shape_maybe_empty.onnx", "type_integer_sum.onnx"])
        {
            Plane.AddModel(Path.GetFileNameWithoutExtension(file), file);
        }

        Plane.Add("refusing", [Arm.Of("only", "batch_mlp.onnx")], schema: ServingHost.Schema(SchemaMode.Reject));
        Plane.Add("warning", [Arm.Of("only", "batch_mlp.onnx")], schema: ServingHost.Schema(SchemaMode.Warn));
        Plane.Add("by_header", [Arm.Of("a", "batch_mlp.onnx"), Arm.Of("b", "batch_mlp.onnx")],
            UnitRule.Parse("header:x-user"));
        Plane.Add("by_field", [Arm.Of("a", "type_integer_sum.onnx"), Arm.Of("b", "type_integer_sum.onnx")],
            UnitRule.Parse("field:a"));
        Plane.Add("by_text", [Arm.Of("a", "text_echo.onnx"), Arm.Of("b", "text_echo.onnx")],
            UnitRule.Parse("field:text"));
        Plane.Add("by_id", [Arm.Of("a", "batch_mlp.onnx"), Arm.Of("b", "batch_mlp.onnx")], UnitRule.Parse("field:id"));
        Plane.Add("by_user", [Arm.Of("a", "batch_mlp.onnx"), Arm.Of("b", "batch_mlp.onnx")],
            UnitRule.Parse("field:user"));
        Plane.Add("by_chance", [Arm.Of("a", "batch_mlp.onnx"), Arm.Of("b", "batch_mlp.onnx")]);
        Plane.Put(new EndpointState(EndpointName.Parse("not_placed")));
        Plane.Routing.Placed();
    }
}
