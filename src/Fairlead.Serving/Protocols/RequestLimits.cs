namespace Fairlead.Serving.Protocols;

/// <summary>
/// What a request may ask a server to hold, whatever the protocol. Every limit is enforced while reading.
/// </summary>
public sealed class RequestLimits
{
    /// <summary>Default of <see cref="MaxBodyBytes"/>.</summary>
    public const int DefaultMaxBodyBytes = 64 * 1024 * 1024;

    /// <summary>Default of <see cref="MaxTensors"/>.</summary>
    public const int DefaultMaxTensors = 1024;

    /// <summary>Default of <see cref="MaxElements"/>.</summary>
    public const int DefaultMaxElements = 64 * 1024 * 1024;

    /// <summary>Deepest nesting of JSON.</summary>
    public const int MaxDepth = 64;

    /// <summary>Rows of a request that names its fields.</summary>
    public const int MaxRows = 65_536;

    /// <summary>
    /// UTF-8 bytes of a unit of assignment that is found in a body; a longer one counts as none. A unit in a header has
    /// the web server's limit on headers.
    /// </summary>
    public const int MaxUnitBytes = 1024;

    /// <summary>
    /// Tensors of any kind in a gRPC message, counted before it is parsed; <see cref="MaxTensors"/> holds besides.
    /// </summary>
    public const int MaxMessageTensors = 65_536;

    /// <summary>Parameters of a gRPC message, those of its tensors included.</summary>
    public const int MaxMessageParameters = 4096;

    /// <summary>Elements that a gRPC message may carry one by one as bytes_contents.</summary>
    public const int MaxMessageStrings = 1024 * 1024;

    /// <summary>Requests of one gRPC stream that have been read and whose answers have not been written.</summary>
    public const int MaxStreamRequests = 16;

    /// <summary>Bytes of a body, decompressed. Default 64 MiB.</summary>
    public int MaxBodyBytes { get; init; } = DefaultMaxBodyBytes;

    /// <summary>Tensors of a request. Default 1,024.</summary>
    public int MaxTensors { get; init; } = DefaultMaxTensors;

    /// <summary>Elements of one tensor. Default 64 Mi.</summary>
    public int MaxElements { get; init; } = DefaultMaxElements;
}
