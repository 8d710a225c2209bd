using System.Security.Cryptography;
using Fairlead.Core.Access;
using Fairlead.Server.Storage;
using Fairlead.Serving.Predict;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Access;

/// <summary>
/// The keys that sign prediction ids. A new one is made every 30 days; earlier ones are kept, so that an outcome that
/// arrives late still finds its prediction. Key numbers are one byte and start again after 255, some 20 years on.
/// </summary>
internal sealed class PredictionKeys(
    Database database, DataFolder folder, ControlPlane control, ControlPlaneOptions options, TimeProvider time,
    ILogger<PredictionKeys> log) : IPredictionKeys
{
    private readonly LocalCopy<List<PredictionKeyRow>> _copy = new(folder, "prediction-keys.copy");
    private volatile Ring? _ring;

    public PredictionKey Current =>
        (_ring ?? throw new InvalidOperationException("The keys for prediction ids were not read yet.")).Current;

    public ReadOnlyMemory<byte> Find(byte id) => _ring?.Secrets[id] ?? default;

    /// <summary>
    /// Reads the keys, and makes the next one when it is time. Never throws for a database that is away.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            var rows = await ReadAsync(cancellation);
            if (IsDue(rows))
                rows = await control.WriteAsync(Principal.Local, "rotation", RotateAsync, cancellation);
            Use(rows);
            _copy.Write(rows);
        }
        catch (Exception failure) when (Database.IsUnreachable(failure) || failure is IOException)
        {
            log.PredictionKeysUnreadable(failure.Message);
            if (_ring is not null)
                return;

            // Without any key the ids of this time are signed by a passing one, and will be told from forged ones only
            // by this process. Answers matter more.
            Use(_copy.Read() is { Count: > 0 } kept ? kept : [NewKey(0)]);
        }
    }

    private async Task<List<PredictionKeyRow>> ReadAsync(CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(
            "SELECT id, secret, created_at FROM prediction_keys ORDER BY id",
            row => new PredictionKeyRow
            {
                Id = row.GetInt32(0),
                Secret = row.GetFieldValue<byte[]>(1),
                CreatedAt = row.GetInt64(2),
            },
            cancellation);
    }

    private bool IsDue(List<PredictionKeyRow> rows) =>
        rows.Count == 0
        || rows.Max(row => row.CreatedAt) <= (time.GetUtcNow() - options.PredictionKeyLife).ToMicroseconds();

    private async Task<List<PredictionKeyRow>> RotateAsync(WriteScope write)
    {
        var rows = await write.Db.PredictionKeys.ToListAsync(write.Cancellation);
        if (!IsDue(rows))
            return rows;

        var newest = rows.MaxBy(row => row.CreatedAt)?.Id ?? 0;
        var next = newest % byte.MaxValue + 1;
        if (rows.Find(row => row.Id == next) is { } oldest)
        {
            write.Db.PredictionKeys.Remove(oldest);
            rows.Remove(oldest);
            await write.Db.SaveChangesAsync(write.Cancellation);
        }

        var made = NewKey(next);
        write.Db.PredictionKeys.Add(made);
        rows.Add(made);
        write.Record("prediction-key.rotate", $"prediction-keys/{next}", null, null);
        log.PredictionKeyMade(next);
        return rows;
    }

    private PredictionKeyRow NewKey(int id) =>
        new() { Id = id, Secret = RandomNumberGenerator.GetBytes(32), CreatedAt = time.MicrosecondsNow() };

    private void Use(List<PredictionKeyRow> rows)
    {
        var secrets = new ReadOnlyMemory<byte>[byte.MaxValue + 1];
        foreach (var row in rows)
            secrets[row.Id] = row.Secret;
        var current = rows.MaxBy(row => row.CreatedAt)!;
        _ring = new Ring(new PredictionKey((byte)current.Id, current.Secret), secrets);
    }

    private sealed record Ring(PredictionKey Current, ReadOnlyMemory<byte>[] Secrets);
}
