namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Headers of requests and answers, in the lower case in which most clients and proxies write them.</summary>
internal static class RestHeaders
{
    /// <summary>Bytes of JSON, uncompressed, before binary data begins.</summary>
    public const string JsonLength = "inference-header-content-length";

    public const string PredictionId = "fairlead-prediction-id";

    public const string Variant = "fairlead-variant";
}
