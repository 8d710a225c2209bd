using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Fairlead.TrackingRate;

/// <summary>
/// Puts runs into the tables by statements, as the same number of requests would have left them and in a fraction of
/// their time. The metrics <c>loss</c> and <c>acc</c> must have been logged before, by any run.
/// </summary>
internal static class ManyRuns
{
    /// <summary>Puts runs of <paramref name="points"/> points, a parameter and a tag each into an experiment.</summary>
    public static async Task PutAsync(string file, string? postgres, string experiment, int runs, int points)
    {
        await using DbConnection connection = postgres is null
            ? new SqliteConnection($"Data Source={file};Default Timeout=60")
            : new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        var isShared = postgres is not null;
        var (many, few) = (Upto(runs - 1), Upto(points - 2));
        var id = isShared ? "lpad(to_hex(i), 32, '0')" : "printf('%032x', i)";
        var name = $"'run ' || {(isShared ? "i::text" : "i")}";
        var index = isShared ? "(r.start_time - 1700000000000)::integer" : "(r.start_time - 1700000000000)";
        var ours = $"FROM runs r WHERE r.experiment = {experiment}";
        string[] statements =
        [
            "INSERT INTO runs (id, experiment, name, user_id, status, start_time, created_at, deleted_with_experiment) "
                + $"{many} SELECT {id}, {experiment}, {name}, '', 1, 1700000000000 + i, 1700000000000000, 0 FROM n",
            $"INSERT INTO metric_points (run, key, timestamp, step, value, nan) {few} "
                + "SELECT r.number, k.id, n.i, n.i, (n.i * 7919 % 10007) + 0.5, 0 FROM runs r CROSS JOIN n "
                + $"CROSS JOIN metric_keys k WHERE r.experiment = {experiment} AND k.name = 'loss'",
            "INSERT INTO metric_points (run, key, timestamp, step, value, nan) "
                + $"SELECT r.number, k.id, 1, 1, {Accuracy(index)}, 0 {With("acc")}",
            "INSERT INTO latest_metrics (run, key, experiment, value, nan, step, timestamp) SELECT r.number, k.id, "
                + $"{experiment}, ({points - 2} * 7919 % 10007) + 0.5, 0, {points - 2}, {points - 2} {With("loss")}",
            "INSERT INTO latest_metrics (run, key, experiment, value, nan, step, timestamp) SELECT r.number, k.id, "
                + $"{experiment}, {Accuracy(index)}, 0, 1, 1 {With("acc")}",
            $"INSERT INTO run_parameters (run, key, value) SELECT r.number, 'model', 'm' || ({index} % 5) {ours}",
            $"INSERT INTO run_tags (run, key, value) SELECT r.number, 'mlflow.runName', r.name {ours}",
        ];
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            foreach (var statement in statements)
                await ExecuteAsync(connection, transaction, statement);
            await transaction.CommitAsync();
        }

        // What PostgreSQL does by itself in the minutes after so many rows.
        if (isShared)
            await ExecuteAsync(connection, null, "VACUUM ANALYZE");

        string With(string metric) =>
            $"FROM runs r CROSS JOIN metric_keys k WHERE r.experiment = {experiment} AND k.name = '{metric}'";
    }

    private static string Upto(int last) =>
        $"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})";

    private static string Accuracy(string index) => $"({index} * 7919 % 100003) / 100003.0";

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction, command.CommandTimeout) = (sql, transaction, 600);
        await command.ExecuteNonQueryAsync();
    }
}
