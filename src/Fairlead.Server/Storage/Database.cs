using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fairlead.Server.Storage;

/// <summary>The database of this installation, whichever it is.</summary>
internal sealed class Database : IDisposable
{
    private readonly string _connection;

    // Apart, so that the library that maps tables to objects is loaded by the first who needs it.
    private readonly Lazy<Contexts> _contexts;

    // SQLite has one writer. Waiting for it here is fair and costs nothing; waiting in SQLite is a poll.
    private readonly SemaphoreSlim _writer = new(1, 1);

    public Database(ControlPlaneOptions options, DataFolder folder)
    {
        IsShared = options.PostgresConnection is not null;
        _connection = options.PostgresConnection ?? SqliteFile.ConnectionTo(folder.DatabaseFile);
        _contexts = new Lazy<Contexts>(() => new Contexts(options.PostgresConnection, folder.DatabaseFile));
    }

    /// <summary>Several processes may share the database.</summary>
    public bool IsShared { get; }

    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public string Kind => IsShared ? "postgresql" : "sqlite";

    /// <summary>
    /// The model of the tables was built: something asked for it, which a process that only answers never does.
    /// </summary>
    public bool BuiltItsModel => _contexts.IsValueCreated;

    /// <summary>
    /// Brings the tables to what this program knows. Several replicas may do so at once; they take turns.
    /// </summary>
    public async Task MigrateAsync(CancellationToken cancellation)
    {
        // Almost every start finds the tables as they should be. To migrate means to build and compare two whole models
        // before the first look at the database, which takes as long as the rest of a start.
        if (await IsMigratedAsync(cancellation))
            return;

        await using var db = CreateContext();
        await db.Database.MigrateAsync(cancellation);
    }

    /// <summary>Opens a connection for statements written by hand; see <see cref="Statements"/>.</summary>
    public Task<Statements> OpenAsync(CancellationToken cancellation) =>
        IsShared
            ? OpenPostgresAsync(cancellation)
            : Statements.OpenAsync(new SqliteConnection(_connection), cancellation);

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

    /// <summary>
    /// Writes operational figures by statements written by hand, with the turn of the one writer where there is one.
    /// </summary>
    public async Task<T> StateAsync<T>(Func<Statements, Task<T>> write, CancellationToken cancellation)
    {
        using var turn = await WriterAsync(cancellation);
        await using var statements = await OpenAsync(cancellation);
        return await write(statements);
    }

    /// <summary>
    /// Leaves nothing of what was deleted in files of this process; a shared database sees to its own.
    /// </summary>
    public async Task ShredAsync(CancellationToken cancellation)
    {
        if (!IsShared)
            await StateAsync(statements => statements.ExecuteAsync(SqliteFile.EmptyLog, cancellation), cancellation);
    }

    /// <summary>Waits for the right to write, where there is only one writer.</summary>
    public async Task<IDisposable?> WriterAsync(CancellationToken cancellation)
    {
        if (IsShared)
            return null;

        await _writer.WaitAsync(cancellation);
        return new Turn(_writer);
    }

    public FairleadDbContext CreateContext() => _contexts.Value.Create();

    /// <summary>The same write, tried again, may succeed: nothing of it was kept.</summary>
    public static bool IsRetryable(Exception failure) => Causes(failure).Any(cause => cause switch
    {
        DbUpdateConcurrencyException => true,

        // Serialization, deadlock, and a transaction that the database ended because its process stood still in it.
        PostgresException postgres => postgres.SqlState is "40001" or "40P01" or "25P03",
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6,
        _ => false,
    });

    /// <summary>A text is longer than the database can index.</summary>
    public static bool IsTooLong(Exception failure) =>
        Causes(failure).Any(cause => cause is PostgresException { SqlState: "54000" });

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
        if (IsShared)
        {
            using var postgres = new NpgsqlConnection(_connection);
            NpgsqlConnection.ClearPool(postgres);
        }
        else
        {
            using var sqlite = new SqliteConnection(_connection);
            SqliteConnection.ClearPool(sqlite);
        }
    }

    private async Task<bool> IsMigratedAsync(CancellationToken cancellation)
    {
        try
        {
            await using var statements = await OpenAsync(cancellation);
            var made = await statements.QueryAsync(
                $"SELECT \"MigrationId\" FROM {FairleadDbContext.MigrationsTable}", row => row.GetString(0),
                cancellation);
            var known = IsShared ? KnownMigrations.Postgres : KnownMigrations.Sqlite;
            if (known.All(made.Contains))
                return true;

            // A newer program's tables do for an older one; tables of another line of builds cannot be brought on.
            return made.Except(known).FirstOrDefault() is { } other ? throw new ForeignDatabaseException(other) : false;
        }
        catch (DbException failure) when (!IsUnreachable(failure))
        {
            // There is no such table yet.
            return false;
        }
    }

    /// <summary>By itself, so that the driver is loaded only where it is used.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<Statements> OpenPostgresAsync(CancellationToken cancellation) =>
        Statements.OpenAsync(new NpgsqlConnection(_connection), cancellation);

    private static IEnumerable<Exception> Causes(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            yield return failure;
    }

    /// <summary>Makes contexts, whose model is built with the first.</summary>
    private sealed class Contexts
    {
        private readonly Func<FairleadDbContext> _create;

        public Contexts(string? postgres, string file) =>
            _create = postgres is null ? Sqlite(file) : Postgres(postgres);

        public FairleadDbContext Create() => _create();

        private static Func<FairleadDbContext> Postgres(string connection)
        {
            var options = PostgresFairleadDbContext.OptionsFor(connection);
            return () => new PostgresFairleadDbContext(options);
        }

        private static Func<FairleadDbContext> Sqlite(string file)
        {
            var options = SqliteFairleadDbContext.OptionsFor(file);
            return () => new SqliteFairleadDbContext(options);
        }
    }

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        public void Dispose() => writer.Release();
    }
}

/// <summary>The tables were made by a build whose migrations are none of this program's.</summary>
public sealed class ForeignDatabaseException(string migration)
    : Exception(
        $"The database was made by another build of fairlead (its migration '{migration}' is not known here) and "
        + "cannot be brought to what this one needs. Start that build, or name another folder or database.");
