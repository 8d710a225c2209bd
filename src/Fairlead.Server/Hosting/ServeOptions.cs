using System.Net;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Hosting;

/// <summary>
/// What the program is told when it is started as a server. Checked at the start; every fault is reported at once.
/// </summary>
public sealed class ServeOptions
{
    /// <summary>Default of <see cref="Http"/>.</summary>
    public const string DefaultHttp = "127.0.0.1:8080";

    /// <summary>Default of <see cref="Grpc"/>.</summary>
    public const string DefaultGrpc = "127.0.0.1:8081";

    /// <summary>
    /// Where HTTP is answered, as <c>ADDRESS:PORT</c>; port 0 takes a free one. Default 127.0.0.1:8080.
    /// </summary>
    public string Http { get; set; } = DefaultHttp;

    /// <summary>Where gRPC is answered without TLS (h2c). Default 127.0.0.1:8081.</summary>
    public string Grpc { get; set; } = DefaultGrpc;

    /// <summary>The endpoint of routes that carry no name; null: such routes list the names. Default null.</summary>
    public string? DefaultEndpoint { get; set; }

    /// <summary>Most model runs at once; 0, the default: as many as the process has processors.</summary>
    public int ConcurrentRuns { get; set; }

    /// <summary>
    /// How long the server goes on answering after it was told to stop and says "not ready", so that balancers notice.
    /// Default none on loopback, else 5 s; at most 5 min.
    /// </summary>
    public TimeSpan? DrainDelay { get; set; }

    /// <summary>How long open requests may take to finish after that. Default 30 s, at most 10 min.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Least severe log lines that are written, to standard error. Default information.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>Whether log lines are JSON documents for a collector or text for a person. Default text.</summary>
    public bool JsonLogs { get; set; }

    /// <summary>Parses <c>ADDRESS:PORT</c>; <c>localhost</c> is 127.0.0.1 and <c>*</c> every address.</summary>
    public static bool TryParseAddress(string text, out IPEndPoint address)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        var known = host switch
        {
            "localhost" => "127.0.0.1",
            "*" => "0.0.0.0",
            _ => host,
        };
        address = new IPEndPoint(IPAddress.Loopback, 0);
        return colon > 0 && IPEndPoint.TryParse($"{known}:{text[(colon + 1)..]}", out address!);
    }

    /// <summary>Parses an address that was checked before.</summary>
    internal static IPEndPoint ParseAddress(string text) =>
        TryParseAddress(text, out var address) ? address : throw new ArgumentException($"'{text}' is no ADDRESS:PORT.");

    /// <summary>Throws <see cref="ArgumentException"/> with every fault.</summary>
    public void ThrowIfInvalid()
    {
        var faults = new List<string>();
        if (!TryParseAddress(Http, out _))
            faults.Add($"--http '{Http}': write ADDRESS:PORT, such as {DefaultHttp}.");
        if (!TryParseAddress(Grpc, out _))
            faults.Add($"--grpc '{Grpc}': write ADDRESS:PORT, such as {DefaultGrpc}.");
        if (ConcurrentRuns is < 0 or > 1024)
            faults.Add($"--concurrent-runs {ConcurrentRuns}: 0 (one a processor) to 1,024.");
        if (DrainDelay is { } delay && (delay < TimeSpan.Zero || delay > TimeSpan.FromMinutes(5)))
            faults.Add($"--drain-delay {delay}: 0 to 5 min.");
        if (ShutdownTimeout < TimeSpan.Zero || ShutdownTimeout > TimeSpan.FromMinutes(10))
            faults.Add($"--shutdown-timeout {ShutdownTimeout}: 0 to 10 min.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
