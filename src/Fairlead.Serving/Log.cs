using Microsoft.Extensions.Logging;

namespace Fairlead.Serving;

/// <summary>Every log line of the data plane. Event ids 1000 to 1999; an id keeps its meaning for ever.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Endpoint {Endpoint} serves generation {Generation}")]
    public static partial void EndpointServing(this ILogger log, string endpoint, long generation);

    [LoggerMessage(1002, LogLevel.Error, "Endpoint {Endpoint} cannot serve generation {Generation}: {Why}")]
    public static partial void PlacementFailed(this ILogger log, string endpoint, long generation, string why);

    [LoggerMessage(1003, LogLevel.Information, "Endpoint {Endpoint} is gone; its variants drain")]
    public static partial void EndpointRemoved(this ILogger log, string endpoint);

    [LoggerMessage(1004, LogLevel.Information, "Variant {Variant} of {Version} has drained and is unloaded")]
    public static partial void VariantDrained(this ILogger log, string variant, string version);

    [LoggerMessage(1005, LogLevel.Error, "The routing cannot be read; the last one stays in force")]
    public static partial void FeedFailed(this ILogger log, Exception exception);

    [LoggerMessage(1006, LogLevel.Warning, "Facts of observed endpoints are not stored now and follow later: {Why}")]
    public static partial void FactsNotStored(this ILogger log, string why);

    [LoggerMessage(1007, LogLevel.Warning, "{Count} records of answers are not stored now: {Why}")]
    public static partial void RecordsNotStored(this ILogger log, int count, string why);

    [LoggerMessage(1008, LogLevel.Debug, "The shadow {Variant} failed on a copy: {Why}")]
    public static partial void CopyFailed(this ILogger log, string variant, string why);

    [LoggerMessage(1009, LogLevel.Warning,
        "Endpoint {Endpoint} is without contact: generation {Generation} is back at {Stable} here")]
    public static partial void EndpointWithoutContact(
        this ILogger log, string endpoint, long generation, string stable);

    [LoggerMessage(1011, LogLevel.Error,
        "The last facts of generation {Generation} of {Endpoint} are given up: too many wait for the database")]
    public static partial void FactsGivenUp(this ILogger log, string endpoint, long generation);

    [LoggerMessage(1050, LogLevel.Warning, "{Count} records of predictions are not written: {Why}")]
    public static partial void RecordsNotWritten(this ILogger log, int count, string why);

    [LoggerMessage(1051, LogLevel.Error, "A request could not be recorded")]
    public static partial void RecordFailed(this ILogger log, Exception failure);

    [LoggerMessage(1010, LogLevel.Error, "Request to {Endpoint} failed inside the server")]
    public static partial void RequestFailed(this ILogger log, Exception exception, string endpoint);

    [LoggerMessage(1020, LogLevel.Warning, "{Count} windows are not stored now and follow later: {Why}")]
    public static partial void WindowsNotStored(this ILogger log, int count, string why);

    [LoggerMessage(1021, LogLevel.Warning,
        "The journal of loads cannot be written, so that a version that ends the process is not suspected: {Why}")]
    public static partial void SignOfLifeFailed(this ILogger log, string why);
}
