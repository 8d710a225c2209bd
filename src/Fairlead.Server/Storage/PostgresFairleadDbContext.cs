using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fairlead.Server.Storage;

/// <summary>The tables in PostgreSQL, for any number of processes.</summary>
internal sealed class PostgresFairleadDbContext(DbContextOptions<PostgresFairleadDbContext> options)
    : FairleadDbContext(options)
{
    protected override string NameCollation => "C";

    /// <summary>Configures a context over a connection string.</summary>
    public static DbContextOptions<PostgresFairleadDbContext> OptionsFor(string connection) =>
        new DbContextOptionsBuilder<PostgresFairleadDbContext>()
            .UseNpgsql(connection, npgsql => npgsql.MigrationsHistoryTable("migrations"))
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

    /// <summary>For <c>dotnet ef migrations</c>.</summary>
    internal sealed class Factory : IDesignTimeDbContextFactory<PostgresFairleadDbContext>
    {
        public PostgresFairleadDbContext CreateDbContext(string[] args) => new(OptionsFor("Host=localhost"));
    }
}
