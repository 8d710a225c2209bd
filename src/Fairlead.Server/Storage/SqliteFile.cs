using Microsoft.Data.Sqlite;

namespace Fairlead.Server.Storage;

/// <summary>How the SQLite file is opened.</summary>
internal static class SqliteFile
{
    /// <summary>
    /// Readers beside the writer (WAL, kept by the file). With WAL, synchronous NORMAL may lose the last commits when
    /// the power fails; FULL flushes each commit, which writers that come together share. What is deleted is written
    /// over with zeros, for people may ask to be forgotten.
    /// </summary>
    public const string Pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
        + "PRAGMA busy_timeout = 30000; PRAGMA secure_delete = ON;";

    /// <summary>
    /// Empties the log of writes, in which pages stand as they were before, unless a reader still needs it; then a
    /// later one does.
    /// </summary>
    public const string EmptyLog = "PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE);";

    /// <summary>The connection string of a file.</summary>
    public static string ConnectionTo(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Pooling = true,
        ForeignKeys = true,
        DefaultTimeout = 30,
    }.ToString();
}
