using System.Data;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fairlead.Server.Storage;

/// <summary>The tables in PostgreSQL, for any number of processes.</summary>
internal sealed class PostgresFairleadDbContext(DbContextOptions<PostgresFairleadDbContext> options)
    : FairleadDbContext(options)
{
    /// <summary>
    /// The channel on which writers tell of changes: the revisions of routing and of keys, a space between.
    /// </summary>
    public const string Channel = "fairlead_control";

    /// <summary>
    /// What a transaction that writes does first. A process that is stopped while it holds the lock would keep every
    /// writer out for as long as it is: the database ends its transaction instead.
    /// </summary>
    public const string LockControl =
        "SET LOCAL idle_in_transaction_session_timeout = '10s'; SELECT id FROM control WHERE id = 1 FOR UPDATE";

    protected override string NameCollation => "C";

    protected override string NotJoined => "NOT joined";

    /// <summary>Configures a context over a connection string.</summary>
    public static DbContextOptions<PostgresFairleadDbContext> OptionsFor(string connection) =>
        new DbContextOptionsBuilder<PostgresFairleadDbContext>()
            .UseNpgsql(connection, npgsql => npgsql.MigrationsHistoryTable(MigrationsTable))
            .Options;

    public override Task<IDbContextTransaction> BeginReadAsync(CancellationToken cancellation) =>
        Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);

    public override async Task<(IDbContextTransaction Transaction, ControlRow Control)> BeginWriteAsync(
        CancellationToken cancellation)
    {
        // Read committed on purpose: each statement after the lock sees what the writer before committed, which a
        // snapshot taken before the wait would not.
        var transaction = await Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);

        // A process that is stopped while it holds the lock would keep every writer out for as long as it is: the
        // database ends its transaction instead.
        await Database.ExecuteSqlAsync($"SET LOCAL idle_in_transaction_session_timeout = '10s'", cancellation);
        var control = await Control.FromSql($"SELECT * FROM control WHERE id = 1 FOR UPDATE").SingleAsync(cancellation);
        return (transaction, control);
    }

    public override Task NotifyAsync(ControlRow control, CancellationToken cancellation)
    {
        var message = string.Create(
            CultureInfo.InvariantCulture, $"{control.RoutingRevision} {control.KeysRevision}");
        return Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {message})", cancellation);
    }

    /// <summary>For <c>dotnet ef migrations</c>.</summary>
    internal sealed class Factory : IDesignTimeDbContextFactory<PostgresFairleadDbContext>
    {
        public PostgresFairleadDbContext CreateDbContext(string[] args) => new(OptionsFor("Host=localhost"));
    }
}
