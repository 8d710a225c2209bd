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

    /// <summary>Bytes of a body, decompressed. Default 64 MiB.</summary>
    public int MaxBodyBytes { get; init; } = DefaultMaxBodyBytes;

    /// <summary>Tensors of a request. Default 1,024.</summary>
    public int MaxTensors { get; init; } = DefaultMaxTensors;

    /// <summary>Elements of one tensor. Default 64 Mi.</summary>
    public int MaxElements { get; init; } = DefaultMaxElements;
}
