using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Fairlead.Server.Storage;

/// <summary>The values of one row on their way into a statement.</summary>
internal sealed class RowValues(DbParameterCollection parameters, Func<DbParameter> create)
{
    /// <summary>Sets the value of <c>@name</c>.</summary>
    public void Set(string name, object value)
    {
        var parameter = $"@{name}";
        if (parameters.Contains(parameter))
        {
            parameters[parameter].Value = value;
            return;
        }

        var made = create();
        (made.ParameterName, made.Value) = (parameter, value);
        parameters.Add(made);
    }
}

/// <summary>
/// Runs one statement for many rows: prepared once on SQLite, and on PostgreSQL sent in batches, so that a row costs
/// no way there and back.
/// </summary>
internal static class ManyRows
{
    private const int RowsOfABatch = 500;

    public static Task WriteAsync<T>(
        DbConnection connection, DbTransaction transaction, string sql, IReadOnlyList<T> rows,
        Action<RowValues, T> fill, CancellationToken cancellation) => connection is SqliteConnection
            ? OneByOneAsync(connection, transaction, sql, rows, fill, cancellation)
            : BatchesAsync((NpgsqlConnection)connection, (NpgsqlTransaction)transaction, sql, rows, fill, cancellation);

    private static async Task OneByOneAsync<T>(
        DbConnection connection, DbTransaction transaction, string sql, IReadOnlyList<T> rows,
        Action<RowValues, T> fill, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        var values = new RowValues(command.Parameters, command.CreateParameter);
        foreach (var row in rows)
        {
            fill(values, row);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private static async Task BatchesAsync<T>(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, IReadOnlyList<T> rows,
        Action<RowValues, T> fill, CancellationToken cancellation)
    {
        foreach (var part in rows.Chunk(RowsOfABatch))
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var row in part)
            {
                var command = new NpgsqlBatchCommand(sql);
                fill(new RowValues(command.Parameters, () => new NpgsqlParameter()), row);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellation);
        }
    }
}
