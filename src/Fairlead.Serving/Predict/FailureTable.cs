using Grpc.Core;

namespace Fairlead.Serving.Predict;

/// <summary>The one table from failures to what each protocol says of them.</summary>
public static class FailureTable
{
    private static readonly Row[] Rows =
    [
        new("none", 200, StatusCode.OK),
        new("malformed_request", 400, StatusCode.InvalidArgument),
        new("invalid_input", 400, StatusCode.InvalidArgument),
        new("too_large", 413, StatusCode.InvalidArgument),
        new("unsupported", 415, StatusCode.Unimplemented),
        new("unknown_endpoint", 404, StatusCode.NotFound),
        new("unknown_version", 404, StatusCode.NotFound),
        new("not_ready", 503, StatusCode.Unavailable),
        new("unauthenticated", 401, StatusCode.Unauthenticated),
        new("forbidden", 403, StatusCode.PermissionDenied),
        new("rate_limited", 429, StatusCode.ResourceExhausted),
        new("overloaded", 429, StatusCode.ResourceExhausted),
        new("deadline_exceeded", 504, StatusCode.DeadlineExceeded),
        new("caller_gone", 499, StatusCode.Cancelled),
        new("model_failed", 500, StatusCode.Internal),
        new("internal", 500, StatusCode.Internal),
        new("schema_broken", 400, StatusCode.InvalidArgument),
    ];

    /// <summary>How many failures there are, <see cref="PredictFailure.None"/> included.</summary>
    public static int Count => Rows.Length;

    /// <summary>The stable name: the problem document's <c>code</c> and the metrics' <c>reason</c>.</summary>
    public static string Code(this PredictFailure failure) => Rows[(int)failure].Code;

    /// <summary>The failure of a stable name.</summary>
    public static bool TryParse(string? code, out PredictFailure failure)
    {
        failure = (PredictFailure)Math.Max(0, Array.FindIndex(Rows, row => row.Code == code));
        return failure != PredictFailure.None;
    }

    public static int HttpStatus(this PredictFailure failure) => Rows[(int)failure].Http;

    public static StatusCode GrpcStatus(this PredictFailure failure) => Rows[(int)failure].Grpc;

    private sealed record Row(string Code, int Http, StatusCode Grpc);
}
