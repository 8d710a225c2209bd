using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fairlead.Server.Storage;

/// <summary>The tables in a SQLite file, for one process on one machine.</summary>
internal sealed class SqliteFairleadDbContext(DbContextOptions<SqliteFairleadDbContext> options)
    : FairleadDbContext(options)
{
    protected override string NameCollation => "BINARY";

    protected override string NotJoined => "joined = 0";

    /// <summary>Configures a context over a file.</summary>
    public static DbContextOptions<SqliteFairleadDbContext> OptionsFor(string file) =>
        new DbContextOptionsBuilder<SqliteFairleadDbContext>()
            .UseSqlite(SqliteFile.ConnectionTo(file), sqlite => sqlite.MigrationsHistoryTable(MigrationsTable))
            .AddInterceptors(SqlitePragmas.Instance)
            .Options;

    public override async Task<IDbContextTransaction> BeginReadAsync(CancellationToken cancellation)
    {
        await Database.OpenConnectionAsync(cancellation);

        // Deferred: a reader must not take the lock that the writer needs.
        var transaction = ((SqliteConnection)Database.GetDbConnection()).BeginTransaction(
            IsolationLevel.Serializable, deferred: true);
        return (await Database.UseTransactionAsync(transaction, cancellation))!;
    }

    public override async Task<(IDbContextTransaction Transaction, ControlRow Control)> BeginWriteAsync(
        CancellationToken cancellation)
    {
        // BEGIN IMMEDIATE: the lock is taken here, and not in the middle when it could no longer be had.
        var transaction = await Database.BeginTransactionAsync(cancellation);
        return (transaction, await Control.SingleAsync(cancellation));
    }

    public override Task NotifyAsync(ControlRow control, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>For <c>dotnet ef migrations</c>.</summary>
    internal sealed class Factory : IDesignTimeDbContextFactory<SqliteFairleadDbContext>
    {
        public SqliteFairleadDbContext CreateDbContext(string[] args) => new(OptionsFor("design.db"));
    }

    private sealed class SqlitePragmas : DbConnectionInterceptor
    {
        public static readonly SqlitePragmas Instance = new();

        public override void ConnectionOpened(
            System.Data.Common.DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = SqliteFile.Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            System.Data.Common.DbConnection connection, ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = SqliteFile.Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
