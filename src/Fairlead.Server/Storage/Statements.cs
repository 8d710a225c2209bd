using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fairlead.Server.Storage;

/// <summary>
/// One connection for statements written by hand: what runs all day long, and what a start waits for. They need
/// neither the model of the tables nor queries compiled from it, so a replica that only answers never builds either.
/// Both databases understand every statement; a value is named <c>@name</c>.
/// </summary>
internal sealed class Statements : IAsyncDisposable
{
    /// <summary>The function of SQLite connections that makes texts alike that differ in capitals only.</summary>
    public const string Fold = "fold";

    private readonly DbConnection _connection;
    private DbTransaction? _transaction;

    private Statements(DbConnection connection) => _connection = connection;

    /// <summary>Opens a connection, from the pool where one is free.</summary>
    public static async Task<Statements> OpenAsync(DbConnection connection, CancellationToken cancellation)
    {
        try
        {
            await connection.OpenAsync(cancellation);
            if (connection is SqliteConnection sqlite)
            {
                sqlite.CreateFunction(
                    Fold, (string? text) => text is null ? null : Folded(text), isDeterministic: true);
                await new Statements(connection).ExecuteAsync(SqliteFile.Pragmas, cancellation);
            }

            return new Statements(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A text with small letters in place of capitals, of every script.</summary>
    public static string Folded(string text) => text.ToUpperInvariant().ToLowerInvariant();

    /// <summary>From here on every read sees the same state, and nobody is kept from writing.</summary>
    public async Task BeginReadAsync(CancellationToken cancellation) => _transaction = _connection switch
    {
        // Deferred: a reader must not take the lock that the writer needs.
        SqliteConnection sqlite => sqlite.BeginTransaction(IsolationLevel.Serializable, deferred: true),
        _ => await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation),
    };

    /// <summary>Begins a transaction that holds the lock of all writers, until <see cref="CommitAsync"/>.</summary>
    public async Task BeginWriteAsync(CancellationToken cancellation)
    {
        _transaction = await _connection.BeginTransactionAsync(
            _connection is SqliteConnection ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted, cancellation);
        if (_connection is not SqliteConnection)
            await ExecuteAsync(PostgresFairleadDbContext.LockControl, cancellation);
    }

    /// <summary>
    /// Begins a transaction that holds the head of the audit log's chain, and keeps no other writer of a shared
    /// database waiting, until <see cref="CommitAsync"/>.
    /// </summary>
    public async Task BeginAuditAsync(CancellationToken cancellation)
    {
        var isolation = _connection is SqliteConnection ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted;
        _transaction = await _connection.BeginTransactionAsync(isolation, cancellation);
        if (_connection is not SqliteConnection)
            await ExecuteAsync("SELECT 1 FROM audit_policy WHERE id = 1 FOR UPDATE", cancellation);
    }

    public Task CommitAsync(CancellationToken cancellation) => _transaction!.CommitAsync(cancellation);

    /// <summary>Runs a statement; how many rows it changed.</summary>
    public async Task<int> ExecuteAsync(
        string sql, CancellationToken cancellation, params (string Name, object? Value)[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The rows that a query finds.</summary>
    public async Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellation,
        params (string Name, object? Value)[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Takes the rows that a query finds one by one, in no more memory than one row.</summary>
    public async Task EachAsync(
        string sql, Func<DbDataReader, ValueTask> take, CancellationToken cancellation,
        params (string Name, object? Value)[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            await take(reader);
    }

    /// <summary>
    /// Takes the rows of numbers that a query finds one by one. Values are whole or real numbers, or texts.
    /// </summary>
    public async Task EachNumbersAsync(
        string sql, Func<NumberRow, ValueTask> take, CancellationToken cancellation,
        params (string Name, object? Value)[] values)
    {
        if (_connection is not SqliteConnection sqlite)
        {
            await EachAsync(sql, row => take(new NumberRow(row)), cancellation, values);
            return;
        }

        var file = sqlite.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(file, sql, out var statement), file);
        using (statement)
        {
            foreach (var (name, value) in values)
            {
                var index = raw.sqlite3_bind_parameter_index(statement, name);
                SqliteException.ThrowExceptionForRC(value switch
                {
                    double real => raw.sqlite3_bind_double(statement, index, real),
                    string text => raw.sqlite3_bind_text(statement, index, text),
                    _ => raw.sqlite3_bind_int64(statement, index, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
                }, file);
            }

            int found;
            while ((found = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                cancellation.ThrowIfCancellationRequested();
                await take(new NumberRow(statement));
            }

            if (found != raw.SQLITE_DONE)
                SqliteException.ThrowExceptionForRC(found, file);
        }
    }

    /// <summary>The number that a query finds; null where it finds none.</summary>
    public async Task<long?> NumberAsync(
        string sql, CancellationToken cancellation, params (string Name, object? Value)[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync(cancellation) is { } value and not DBNull
            ? Convert.ToInt64(value, CultureInfo.InvariantCulture)
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
            await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private DbCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
