using System.Reflection;
using Fairlead.Client.Api;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols.OpenInference.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Description;

/// <summary>
/// The data plane's routes in the OpenAPI document. Its doors read and write bytes, so all that is known of them stands
/// here.
/// </summary>
internal static class DataPlaneRoutes
{
    private const string Json = "application/json";
    private const string Bytes = "application/octet-stream";
    private const string Oip = "open inference";

    private static readonly Dictionary<string, Line> Lines = new()
    {
        ["POST /api/v1/endpoints/{name}/predict"] = new("predict", "predictions", "Asks an endpoint about rows")
        {
            Description = WithoutModel + "Such an answer has the member 'answer' (none, constant or rule) in place of "
                + "'model' and 'version'; with 'none', 'outputs' is empty.",
            Body = new BodyDescription(typeof(PredictRequest), Json),
            Answer = typeof(PredictAnswer),
            Failures = PredictFailures,
            Failure = typeof(Problem),
            FailureType = "application/problem+json",
        },
        ["GET /v2/health/live"] = new("oipLive", Oip, "The process runs") { Answer = typeof(OpenInferenceLive) },
        ["GET /v2/health/ready"] = new("oipReady", Oip, "Every endpoint is placed")
        {
            Answer = typeof(OpenInferenceReady),
            Failures = [503],
            Failure = typeof(OpenInferenceReady),
        },
        ["GET /v2"] = new("oipServer", Oip, "The server and its extensions") { Answer = typeof(OpenInferenceServer) },
        ["GET /v2/models"] = new("oipModels", Oip, "The endpoints") { Answer = typeof(OpenInferenceModels) },
        ["POST /v2/repository/index"] = new("oipIndex", Oip, "The endpoints and their versions")
        {
            Body = new BodyDescription(typeof(OpenInferenceIndexRequest), Json),
            Answer = typeof(IReadOnlyList<OpenInferenceIndexEntry>),
            Failures = [400],
        },
        ["GET /v2/models/{name}"] = Model("oipModel", "What an endpoint takes and answers"),
        ["GET /v2/models/{name}/versions/{version}"] = Model("oipVersion", "What a version takes and answers"),
        ["GET /v2/models/{name}/ready"] = Ready("oipModelReady", "An endpoint answers"),
        ["GET /v2/models/{name}/versions/{version}/ready"] = Ready("oipVersionReady", "A version answers"),
        ["POST /v2/models/{name}/infer"] = Infer("oipInfer", "Asks an endpoint about tensors"),
        ["POST /v2/models/{name}/versions/{version}/infer"] =
            Infer("oipInferVersion", "Asks one version of an endpoint about tensors"),
    };

    /// <summary>What arms without a model answer, for people who read the document.</summary>
    private const string WithoutModel = "An arm without a model (a control group) answers like any other, with its "
        + "name and a prediction id under which outcomes are reported. ";

    /// <summary>Every status with which a prediction may fail, from the one table of failures.</summary>
    private static int[] PredictFailures =>
    [
        .. Enum.GetValues<PredictFailure>()
            .Where(failure => failure != PredictFailure.None)
            .Select(FailureTable.HttpStatus)
            .Distinct()
            .Order(),
    ];

    /// <summary>Describes what the data plane has mapped.</summary>
    public static void Describe(IEndpointConventionBuilder native, OpenInferenceRoutes rest)
    {
        foreach (var group in (IEndpointConventionBuilder[])
            [native, rest.Open, rest.Listing, rest.Reading, rest.Predicting])
        {
            group.Add(builder => Describe((RouteEndpointBuilder)builder));
        }
    }

    private static void Describe(RouteEndpointBuilder route)
    {
        var method = route.Metadata.OfType<IHttpMethodMetadata>().Last().HttpMethods[0];
        var line = Lines[$"{method} {route.RoutePattern.RawText!.TrimEnd('/')}"];
        route.Metadata.Add(new EndpointNameMetadata(line.Id));
        route.Metadata.Add(new TagsAttribute(line.Tag));
        route.Metadata.Add(new EndpointSummaryAttribute(line.Summary));
        if (line.Description is { } description)
            route.Metadata.Add(new EndpointDescriptionAttribute(description));
        route.Metadata.Add(new RouteDescription([], line.Body));
        route.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, line.Answer!, [Json]));
        foreach (var status in line.Failures)
            route.Metadata.Add(new ProducesResponseTypeMetadata(status, line.Failure, [line.FailureType]));

        // The document is made of routes whose code is known; that of a door takes the request and says no more.
        route.Metadata.Add(typeof(DataPlaneRoutes).GetMethod(
            nameof(Door), BindingFlags.NonPublic | BindingFlags.Static)!);
    }

    private static Task Door(HttpContext context) =>
        Task.FromException(new NotSupportedException(context.TraceIdentifier));

    private static Line Model(string id, string summary) => new(id, Oip, summary)
    {
        Answer = typeof(OpenInferenceModel),
        Failures = [401, 403, 404, 503],
    };

    private static Line Ready(string id, string summary) => new(id, Oip, summary)
    {
        Answer = typeof(OpenInferenceModelReady),
        Failures = [401, 403, 404],
    };

    private static Line Infer(string id, string summary) => new(id, Oip, summary)
    {
        Description = WithoutModel + "Its 'model_version' is the word none, constant or rule; with 'none', 'outputs' "
            + "is empty whatever was asked for. The same holds over gRPC.",
        Body = new BodyDescription(typeof(OpenInferenceRequest), Json, Bytes),
        Answer = typeof(OpenInferenceAnswer),
        Failures = PredictFailures,
    };

    private sealed record Line(string Id, string Tag, string Summary)
    {
        public string? Description { get; init; }

        public BodyDescription? Body { get; init; }

        public Type? Answer { get; init; }

        public IReadOnlyList<int> Failures { get; init; } = [];

        public Type Failure { get; init; } = typeof(OpenInferenceError);

        public string FailureType { get; init; } = Json;
    }
}
