using System.Reflection;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Schemas;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>The door of <c>inference.GRPCInferenceService</c>. A model of the protocol is an endpoint here.</summary>
public sealed class OpenInferenceService : BoundedInferenceService
{
    /// <summary>The protocol's name for an ONNX model.</summary>
    private const string Platform = "onnx_onnxv1";

    private static readonly string Version =
        typeof(OpenInferenceService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    private readonly InferDoor _door;
    private readonly RoutingTable _routing;
    private readonly Func<HttpContext, Principal> _principalOf;

    public OpenInferenceService(
        PredictPipeline pipeline, CallPool calls, RoutingTable routing, RequestLimits limits,
        Func<HttpContext, Principal> principalOf, TimeProvider time)
    {
        _door = new InferDoor(pipeline, calls, routing, limits, time);
        _routing = routing;
        _principalOf = principalOf;
    }

    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = _routing.Ready });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context)
    {
        CheckAccess(request.Name, context);
        var serving = _routing.Find(request.Name)?.Serving;
        var ready = serving is not null && Choose(serving, request.Version) is not null;
        return Task.FromResult(new ModelReadyResponse { Ready = ready });
    }

    public override Task<ServerMetadataResponse> ServerMetadata(
        ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(
            new ServerMetadataResponse { Name = "fairlead", Version = Version, Extensions = { "parameters" } });

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context)
    {
        CheckAccess(request.Name, context);
        var endpoint = _routing.Find(request.Name) ?? throw (_routing.KnowsEndpoints
            ? InferFailure.Of(
                PredictFailure.UnknownEndpoint,
                $"Request for unknown model: {InferFailure.Quoted(request.Name)} is not found")
            : InferFailure.Of(PredictFailure.NotReady, PredictPipeline.StartingText));
        var serving = endpoint.Serving ?? throw InferFailure.Of(
            PredictFailure.NotReady, $"The endpoint '{request.Name}' has no version loaded yet.");
        var variant = Choose(serving, request.Version) ?? throw InferFailure.Of(
            PredictFailure.UnknownVersion,
            $"Request for unknown model: '{request.Name}' version {InferFailure.Quoted(request.Version)} is not found");

        var answer = new ModelMetadataResponse { Name = request.Name, Platform = Platform };
        answer.Versions.AddRange(Versions(serving));
        answer.Inputs.AddRange(variant.Signature.Inputs.Select(Described));
        answer.Outputs.AddRange(variant.Signature.Outputs.Select(Described));
        return Task.FromResult(answer);
    }

    public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        var outcome = await _door.AnswerAsync(request, CallerOf(context)).ConfigureAwait(false);
        if (outcome.SchemaFaults is { } faults)
            context.ResponseTrailers.Add(SchemaReport.HeaderName, faults);
        if (outcome.Answer is { } answer)
            return answer;

        RefusedCalls.CountedAlready(context.GetHttpContext());
        throw InferFailure.Of(outcome.Failure, outcome.Detail);
    }

    public override Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream,
        IServerStreamWriter<ModelStreamInferResponse> responseStream,
        ServerCallContext context) =>
        new InferStream(_door, CallerOf(context), _routing.Closing).RunAsync(requestStream, responseStream);

    public override Task<RepositoryIndexResponse> RepositoryIndex(
        RepositoryIndexRequest request, ServerCallContext context)
    {
        var principal = _principalOf(context.GetHttpContext());
        var index = new RepositoryIndexResponse();
        foreach (var endpoint in _routing.Endpoints.OrderBy(state => state.Name.ToString(), StringComparer.Ordinal))
        {
            var name = endpoint.Name.ToString();
            if (!AccessPolicy.Allows(principal, new Demand(Role.Viewer, name)))
                continue;

            if (endpoint.Serving is { } serving)
                index.Models.AddRange(Versions(serving).Select(version => Ready(name, version)));
            else if (!request.Ready)
                index.Models.Add(NotReady(name));
        }

        return Task.FromResult(index);
    }

    private InferCaller CallerOf(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        return new InferCaller(_principalOf(http), http.Request.Headers, context.Deadline, context.CancellationToken);
    }

    /// <summary>
    /// The route is the same for every endpoint, so what is asked of one is checked here and not by the route.
    /// </summary>
    private void CheckAccess(string endpoint, ServerCallContext context)
    {
        var principal = _principalOf(context.GetHttpContext());
        if (!AccessPolicy.Allows(principal, new Demand(Role.Viewer, endpoint)))
        {
            throw InferFailure.Of(PredictFailure.Forbidden,
                $"The key '{principal.Name}' may not see the endpoint {InferFailure.Quoted(endpoint)}.");
        }
    }

    private static VariantState? Choose(EndpointServing serving, string version)
    {
        if (version.Length == 0)
            return serving.Stable;
        return InferDoor.TryReadVersion(version, out var number)
            ? serving.Variants.FirstOrDefault(variant => variant.Version?.Number == number)
            : null;
    }

    private static IEnumerable<string> Versions(EndpointServing serving) =>
        serving.Versions.OrderBy(variant => variant.Version?.Number).Select(variant => variant.VersionText).Distinct();

    private static ModelMetadataResponse.Types.TensorMetadata Described(TensorSpec spec) => new()
    {
        Name = spec.Name,
        Datatype = spec.Type.WireName(),
        Shape = { spec.Shape },
    };

    private static RepositoryIndexResponse.Types.ModelIndex Ready(string name, string version) =>
        new() { Name = name, Version = version, State = "READY" };

    private static RepositoryIndexResponse.Types.ModelIndex NotReady(string name) =>
        new() { Name = name, State = "UNAVAILABLE", Reason = "No version is loaded yet." };
}
