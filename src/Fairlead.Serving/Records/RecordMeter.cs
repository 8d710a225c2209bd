using Fairlead.Serving.Telemetry;

namespace Fairlead.Serving.Records;

/// <summary>What the prediction log did, for the metrics page.</summary>
public sealed class RecordMeter : IMetricsSource
{
    /// <summary>Too many bytes waited for the writer.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>The record is larger than records are.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Too many bytes wait on disk to be rolled.</summary>
    public const string DiskBound = "disk_bound";

    /// <summary>The disk refused.</summary>
    public const string NotWritten = "not_written";

    /// <summary>A defect of this program.</summary>
    public const string Failed = "failed";

    private long _written;
    private long _bytes;
    private long _lagMilliseconds;
    private long _waitingBytes;
    private long _rolledRows;
    private long _expiredTables;
    private long _mergedTables;

    /// <summary>Records that were dropped, by why.</summary>
    public ReasonCounts Drops { get; } = new(QueueFull, TooLarge, DiskBound, NotWritten, Failed);

    /// <summary>Records that were written.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Counts drops.</summary>
    public void Drop(string why, long count = 1) => Drops.Add(why, count);

    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_log_records_total", "counter", "Records of the prediction log that were written.");
        page.Sample("fairlead_log_records_total", "", Written);
        page.Family("fairlead_log_bytes_total", "counter", "Bytes of the prediction log that were written.");
        page.Sample("fairlead_log_bytes_total", "", Volatile.Read(ref _bytes));
        page.Family("fairlead_log_drops_total", "counter", "Records of the prediction log that were dropped, by why.");
        Drops.Write(page, "fairlead_log_drops_total", "reason");
        page.Family("fairlead_log_lag_seconds", "gauge",
            "Time from the oldest record of the last flush to the disk until that flush.");
        page.Sample("fairlead_log_lag_seconds", "", Volatile.Read(ref _lagMilliseconds) / 1000.0);
        page.Family("fairlead_log_waiting_bytes", "gauge", "Bytes of the append log that are not rolled yet.");
        page.Sample("fairlead_log_waiting_bytes", "", Volatile.Read(ref _waitingBytes));
        page.Family("fairlead_log_rolled_rows_total", "counter", "Rows of records that were rolled into tables.");
        page.Sample("fairlead_log_rolled_rows_total", "", Volatile.Read(ref _rolledRows));
        page.Family("fairlead_log_expired_tables_total", "counter", "Tables that were removed because of their age.");
        page.Sample("fairlead_log_expired_tables_total", "", Volatile.Read(ref _expiredTables));
        page.Family("fairlead_log_merged_tables_total", "counter", "Small tables of a day that became one.");
        page.Sample("fairlead_log_merged_tables_total", "", Volatile.Read(ref _mergedTables));
    }

    /// <summary>Counts rows that became part of tables.</summary>
    public void Rolled(long rows) => Interlocked.Add(ref _rolledRows, rows);

    /// <summary>Counts tables that were removed because of their age.</summary>
    public void Expired(int tables) => Interlocked.Add(ref _expiredTables, tables);

    /// <summary>Counts tables that went up in others.</summary>
    public void Merged(int tables) => Interlocked.Add(ref _mergedTables, tables);

    internal void Wrote(long records, long bytes)
    {
        Interlocked.Add(ref _written, records);
        Interlocked.Add(ref _bytes, bytes);
    }

    internal void Flushed(TimeSpan lag) => Volatile.Write(ref _lagMilliseconds, (long)lag.TotalMilliseconds);

    internal void Waiting(long bytes) => Volatile.Write(ref _waitingBytes, bytes);
}
