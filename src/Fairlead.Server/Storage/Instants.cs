namespace Fairlead.Server.Storage;

/// <summary>Instants as the tables hold them: microseconds since 1970 UTC.</summary>
internal static class Instants
{
    public static long ToMicroseconds(this DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset? FromMicroseconds(long? microseconds) =>
        microseconds is { } known ? FromMicroseconds(known) : null;

    public static long MicrosecondsNow(this TimeProvider time) => time.GetUtcNow().ToMicroseconds();
}
