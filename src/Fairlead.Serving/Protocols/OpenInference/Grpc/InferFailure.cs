using Fairlead.Serving.Predict;
using Grpc.Core;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>Says a failure in gRPC's terms.</summary>
internal static class InferFailure
{
    /// <summary>
    /// The status travels in a header, and clients bound their size; a caller's own long name must not pass it.
    /// </summary>
    private const int MaxDetail = 1024;

    private const int MaxQuoted = 100;

    /// <summary>The trailer that holds the failure's stable code, which a status alone does not tell.</summary>
    public const string CodeTrailer = "fairlead-failure";

    public static RpcException Of(PredictFailure failure, string detail)
    {
        var status = new Status(failure.GrpcStatus(), Shortened(detail));
        var trailers = new Metadata { { CodeTrailer, failure.Code() } };
        if (status.StatusCode == StatusCode.ResourceExhausted)
        {
            trailers.Add("retry-after", "1");
            trailers.Add("grpc-retry-pushback-ms", "1000");
        }

        return new RpcException(status, trailers);
    }

    /// <summary>A detail of bounded length.</summary>
    public static string Shortened(string detail) => Cut(detail, MaxDetail);

    /// <summary>A caller's name for a message.</summary>
    public static string Quoted(string name) => $"'{Cut(name, MaxQuoted)}'";

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";
}
