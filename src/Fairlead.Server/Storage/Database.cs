using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fairlead.Server.Storage;

/// <summary>The database of this installation, whichever it is.</summary>
internal sealed class Database : IDisposable
{
    private readonly DbContextOptions<SqliteFairleadDbContext>? _sqlite;
    private readonly DbContextOptions<PostgresFairleadDbContext>? _postgres;

    // SQLite has one writer. Waiting for it here is fair and costs nothing; waiting in SQLite is a poll.
    private readonly SemaphoreSlim _writer = new(1, 1);

    public Database(ControlPlaneOptions options, DataFolder folder)
    {
        if (options.PostgresConnection is { } connection)
            _postgres = PostgresFairleadDbContext.OptionsFor(connection);
        else
            _sqlite = SqliteFairleadDbContext.OptionsFor(folder.DatabaseFile);
    }

    /// <summary>Several processes may share the database.</summary>
    public bool IsShared => _postgres is not null;

    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public string Kind => IsShared ? "postgresql" : "sqlite";

    /// <summary>
    /// Begins to build the model of the tables, and what compiles queries, on another processor: a start would
    /// otherwise wait for it. Opens nothing; a failure comes again, and is told, at the first use.
    /// </summary>
    public static void Anticipate(ControlPlaneOptions options) => _ = Task.Run(() =>
    {
        using FairleadDbContext db = options.PostgresConnection is { } connection
            ? new PostgresFairleadDbContext(PostgresFairleadDbContext.OptionsFor(connection))
            : new SqliteFairleadDbContext(SqliteFairleadDbContext.OptionsFor("anticipated.db"));
        _ = db.Control.Select(row => row.RoutingRevision).ToQueryString();
    });

    /// <summary>
    /// Brings the tables to what this program knows. Several replicas may do so at once; they take turns.
    /// </summary>
    public async Task MigrateAsync(CancellationToken cancellation)
    {
        await using var db = CreateContext();

        // Almost every start finds the tables as they should be. To migrate means to build and compare two whole models
        // before the first look at the database, which takes as long as the rest of a start.
        if ((await db.Database.GetPendingMigrationsAsync(cancellation)).Any())
            await db.Database.MigrateAsync(cancellation);
    }

    /// <summary>Reads something in one transaction, so that all of it belongs together.</summary>
    public async Task<T> ReadAsync<T>(Func<FairleadDbContext, Task<T>> read, CancellationToken cancellation)
    {
        await using var db = CreateContext();
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        await using var transaction = await db.BeginReadAsync(cancellation);
        return await read(db);
    }

    /// <summary>
    /// Writes operational figures (heartbeats, placements), which are neither decided nor audited. Everything else goes
    /// through <see cref="ControlPlane"/>.
    /// </summary>
    public async Task OperateAsync(Func<FairleadDbContext, Task> write, CancellationToken cancellation)
    {
        using var turn = await WriterAsync(cancellation);
        await using var db = CreateContext();
        await write(db);
    }

    /// <summary>Waits for the right to write, where there is only one writer.</summary>
    public async Task<IDisposable?> WriterAsync(CancellationToken cancellation)
    {
        if (IsShared)
            return null;

        await _writer.WaitAsync(cancellation);
        return new Turn(_writer);
    }

    public FairleadDbContext CreateContext() => _postgres is not null
        ? new PostgresFairleadDbContext(_postgres)
        : new SqliteFairleadDbContext(_sqlite!);

    /// <summary>The same write, tried again, may succeed: nothing of it was kept.</summary>
    public static bool IsRetryable(Exception failure) => Causes(failure).Any(cause => cause switch
    {
        DbUpdateConcurrencyException => true,
        PostgresException postgres => postgres.SqlState is "40001" or "40P01",
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6,
        _ => false,
    });

    /// <summary>The database cannot be reached at the moment, or cannot write.</summary>
    public static bool IsUnreachable(Exception failure) => Causes(failure).Any(cause => cause switch
    {
        // Classes 08 connection, 53 resources, 57 operator intervention, 58 system error.
        PostgresException postgres => postgres.SqlState[..2] is "08" or "53" or "57" or "58",
        NpgsqlException or SocketException or TimeoutException => true,

        // Busy, locked, read-only, I/O error, full, cannot open.
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 8 or 10 or 13 or 14,
        _ => false,
    });

    public void Dispose()
    {
        _writer.Dispose();

        // Files stay open, and on some systems locked, and a server's places taken, for as long as pooled connections
        // are.
        using var db = CreateContext();
        switch (db.Database.GetDbConnection())
        {
            case SqliteConnection sqlite:
                SqliteConnection.ClearPool(sqlite);
                break;
            case NpgsqlConnection postgres:
                NpgsqlConnection.ClearPool(postgres);
                break;
        }
    }

    private static IEnumerable<Exception> Causes(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            yield return failure;
    }

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        public void Dispose() => writer.Release();
    }
}
