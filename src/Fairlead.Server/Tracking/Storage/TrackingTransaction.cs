using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Fairlead.Server.Tracking.Storage;

/// <summary>
/// One write of tracking under way: prepared statements inside a transaction. Both databases understand the statements;
/// what they do not share is in here.
/// </summary>
internal sealed class TrackingTransaction
{
    private const int RowsAtOnce = 50;

    private readonly DbConnection _connection;
    private readonly Dictionary<string, DbCommand>? _prepared;

    /// <param name="prepared">
    /// Where a connection keeps its statements; null: the driver keeps them. They are constants of this program, so
    /// their number is bounded.
    /// </param>
    public TrackingTransaction(DbConnection connection, Dictionary<string, DbCommand>? prepared = null)
    {
        _connection = connection;
        _prepared = prepared;
        IsPostgres = connection is not SqliteConnection;
    }

    public DbTransaction? Transaction { get; set; }

    public bool IsPostgres { get; }

    /// <summary>What a read says of rows that must stay as they are until the write is kept.</summary>
    public string Share => IsPostgres ? " FOR SHARE" : "";

    /// <summary>As <see cref="Share"/>, for rows that the write changes.</summary>
    public string ForUpdate => IsPostgres ? " FOR UPDATE" : "";

    public async Task<int> ExecuteAsync(
        string sql, CancellationToken cancellation, params (string Name, object? Value)[] values)
    {
        var command = await CommandAsync(sql, values, cancellation);
        try
        {
            return await command.ExecuteNonQueryAsync(cancellation);
        }
        finally
        {
            Done(command);
        }
    }

    public async Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellation,
        params (string Name, object? Value)[] values)
    {
        var command = await CommandAsync(sql, values, cancellation);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellation))
                rows.Add(read(reader));
            return rows;
        }
        finally
        {
            Done(command);
        }
    }

    /// <summary>
    /// Puts rows in, sorted as they are, so that two writers of the same rows wait for each other in one order.
    /// </summary>
    /// <param name="into"><c>table (column, …)</c>.</param>
    /// <param name="conflict">What follows the values, such as <c>ON CONFLICT DO NOTHING</c>.</param>
    /// <param name="columns">The rows, by column.</param>
    public async Task InsertAsync(
        string into, string conflict, CancellationToken cancellation, params TrackingColumn[] columns)
    {
        var rows = columns[0].Count;
        if (rows == 0)
            return;
        if (IsPostgres)
        {
            await InsertArraysAsync(into, conflict, columns, cancellation);
            return;
        }

        for (var from = 0; from < rows; from += RowsAtOnce)
            await InsertRowsAsync(into, conflict, columns, from, Math.Min(RowsAtOnce, rows - from), cancellation);
    }

    private async Task InsertArraysAsync(
        string into, string conflict, TrackingColumn[] columns, CancellationToken cancellation)
    {
        var list = string.Join(", ", columns.Select((column, i) => $"@a{i}"));
        await using var command = (NpgsqlCommand)_connection.CreateCommand();
        command.CommandText = $"INSERT INTO {into} SELECT * FROM unnest({list}) {conflict}";
        command.Transaction = (NpgsqlTransaction?)Transaction;
        for (var i = 0; i < columns.Length; i++)
            command.Parameters.Add(new NpgsqlParameter($"a{i}", columns[i].Values));

        await command.PrepareAsync(cancellation);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task InsertRowsAsync(
        string into, string conflict, TrackingColumn[] columns, int from, int count, CancellationToken cancellation)
    {
        // Whole bundles share a statement; the last, smaller one goes row by row, so that there are two to prepare.
        var bundle = count == RowsAtOnce ? RowsAtOnce : 1;
        var tuples = string.Join(", ", Enumerable.Range(0, bundle).Select(row =>
            $"({string.Join(", ", columns.Select((_, i) => $"@v{(row * columns.Length) + i}"))})"));
        var command = Prepared($"INSERT INTO {into} VALUES {tuples} {conflict}");
        for (var row = from; row < from + count; row += bundle)
        {
            for (var i = 0; i < bundle * columns.Length; i++)
            {
                var value = columns[i % columns.Length].At(row + (i / columns.Length));
                if (i < command.Parameters.Count)
                    command.Parameters[i].Value = value;
                else
                    Add(command, $"@v{i}", value);
            }

            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private async ValueTask<DbCommand> CommandAsync(
        string sql, (string Name, object? Value)[] values, CancellationToken cancellation)
    {
        var command = Prepared(sql);
        for (var i = 0; i < values.Length; i++)
        {
            if (i < command.Parameters.Count)
                command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
            else
                Add(command, values[i].Name, values[i].Value);
        }

        if (IsPostgres && Array.TrueForAll(values, each => each.Value is not null))
            await command.PrepareAsync(cancellation);
        return command;
    }

    private DbCommand Prepared(string sql)
    {
        if (_prepared?.TryGetValue(sql, out var known) == true)
        {
            known.Transaction = Transaction;
            return known;
        }

        var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, Transaction);
        if (_prepared is not null)
            _prepared[sql] = command;
        return command;
    }

    private static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
    }

    private void Done(DbCommand command)
    {
        if (_prepared is null)
            command.Dispose();
    }
}

/// <summary>The values of one column of many rows.</summary>
internal abstract class TrackingColumn
{
    public abstract int Count { get; }

    /// <summary>The values as PostgreSQL takes them: one array, by whose elements their type is known.</summary>
    public abstract object Values { get; }

    public static TrackingColumn Of(IEnumerable<long> values) => new Column<long>([.. values]);

    public static TrackingColumn Of(IEnumerable<int> values) => new Column<int>([.. values]);

    public static TrackingColumn Of(IEnumerable<double> values) => new Column<double>([.. values]);

    public static TrackingColumn Of(IEnumerable<string> values) => new Column<string>([.. values]);

    public abstract object At(int row);

    private sealed class Column<T>(T[] values) : TrackingColumn
        where T : notnull
    {
        public override int Count => values.Length;

        public override object Values => values;

        public override object At(int row) => values[row];
    }
}
