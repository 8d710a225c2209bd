using System.Net;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;
using Fairlead.Serving.Protocols.OpenInference.Rest;
using Fairlead.Serving.Tests.Predict;
using Fairlead.TestModels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Serving.Tests.Hosting;

/// <summary>The REST doors on a port of their own, with real models behind them.</summary>
public sealed class ServingHost : IAsyncLifetime
{
    /// <summary>Small enough for tests to pass it.</summary>
    public const int MaxBodyBytes = 256 * 1024;

    public const int MaxTensors = 16;

    public const int MaxElements = 100_000;

    private WebApplication _app = null!;

    internal DataPlane Plane { get; } = new();

    internal HeldRuntime Held { get; } = new();

    /// <summary>Who calls, for the requests that follow.</summary>
    public Principal Caller { get; set; } = Principal.Local;

    public HttpClient Client { get; private set; } = null!;

    public string Address => _app.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        AddEndpoints();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(Plane.Time);
        builder.Services.AddSingleton(Plane.Routing);
        builder.Services.AddSingleton(Plane.Calls);
        builder.Services.AddSingleton(Plane.Pipeline);
        builder.Services.AddSingleton(Plane.Refusals);
        builder.Services.AddSingleton(
            new RequestLimits { MaxBodyBytes = MaxBodyBytes, MaxTensors = MaxTensors, MaxElements = MaxElements });
        builder.Services.AddSingleton<Func<HttpContext, Principal>>(_ => Caller);
        builder.Services.AddOpenInferenceRest();
        builder.Services.AddNativePredict();
        _app = builder.Build();
        _app.MapOpenInferenceRest();
        _app.MapNativePredict();
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(Address) };
    }

    public async ValueTask DisposeAsync()
    {
        Held.Release();
        Client.Dispose();
        await _app.DisposeAsync();
        await Plane.DisposeAsync();
    }

    private void AddEndpoints()
    {
        foreach (var model in Catalogue.All.Where(model => Servable.IsMatch(model.File)))
            Plane.AddModel(Path.GetFileNameWithoutExtension(model.File), model.File);
        Plane.AddModel("name with spaces", "batch_mlp.onnx");
        Plane.AddModel("größe", "batch_mlp.onnx");
        Plane.Add("two", [Arm.Of("a", "batch_mlp.onnx"), Arm.Of("b", "batch_mlp.onnx")]);
        Plane.Add("by_header", Arms("batch_mlp.onnx"), UnitRule.Parse("header:x-user"));
        Plane.Add("by_field", Arms("type_integer_sum.onnx"), UnitRule.Parse("field:a"));
        Plane.Add("by_text", Arms("text_echo.onnx"), UnitRule.Parse("field:text"));
        Plane.Add("by_user", Arms("batch_mlp.onnx"), UnitRule.Parse("field:user"));
        Plane.Add("wide", [new Arm("only", new WideRuntime(MaxElements / 2))]);
        Plane.Add("by_id", Arms("batch_mlp.onnx"), UnitRule.Parse("field:id"));
        Plane.Add("refusing", [Arm.Of("only", "batch_mlp.onnx")], schema: Schema(SchemaMode.Reject));
        Plane.Add("warning", [Arm.Of("only", "batch_mlp.onnx")], schema: Schema(SchemaMode.Warn));
        Plane.Add("held", [new Arm("only", Held)], limits: new EndpointLimits { MaxInFlight = 1 });
        Plane.Add("slow", [new Arm("only", new HeldRuntime())]);
        Plane.Add("failing", [new Arm("only", new FailingRuntime(callersFault: false))]);
        Plane.Put(new EndpointState(EndpointName.Parse("not_placed")));
        Plane.Routing.Placed();
    }

    /// <summary>The first of four numbers is at most 1.</summary>
    internal static SchemaSpec Schema(SchemaMode mode) =>
        new(mode, [new ColumnSchema("x[0]", ColumnKind.Number) { Max = 1, Required = true }]);

    private static Arm[] Arms(string file) => [Arm.Of("a", file), Arm.Of("b", file)];

    private static readonly System.Text.RegularExpressions.Regex Servable =
        new("^(type_|text_echo|batch_mlp|shape_|tree_classifier|text_sentiment)");
}
