using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fairlead.Core.Access;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Access;

/// <summary>
/// The valid keys in memory. A presented key is hashed and looked up without allocating or asking the database; a
/// change on this replica is in force at once, one on another within <see cref="RefreshInterval"/>.
/// </summary>
public sealed class Keyring : IDisposable
{
    /// <summary>How often a shared database is asked for changed keys.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly LocalCopy<KeyringCopy> _copy;
    private readonly TimeProvider _time;
    private readonly ILogger<Keyring> _log;
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile Snapshot _snapshot = new(-1, false, FrozenDictionary<KeyHash, Entry>.Empty,
        FrozenDictionary<long, Entry>.Empty);

    internal Keyring(Database database, DataFolder folder, TimeProvider time, ILogger<Keyring> log)
    {
        _database = database;
        _copy = new LocalCopy<KeyringCopy>(folder, "keys.copy");
        _time = time;
        _log = log;
    }

    /// <summary>
    /// Callers need a key: at least one was ever made. That does not end when all are revoked, or revoking the last key
    /// would open the server.
    /// </summary>
    public bool IsRequired => _snapshot.IsRequired;

    /// <summary>
    /// The caller that a key belongs to; null when it is unknown, revoked or expired. Allocates nothing.
    /// </summary>
    /// <param name="key">The key's text in UTF-8.</param>
    public Principal? Find(ReadOnlySpan<byte> key)
    {
        if (key.Length is 0 or > KeyText.MaxLength || !_snapshot.Entries.TryGetValue(KeyHash.Of(key), out var entry))
            return null;
        return entry.ExpiresAt <= _time.MicrosecondsNow() ? null : entry.Principal;
    }

    /// <summary>The caller that a key belongs to, by the key's number; null when it is revoked or expired.</summary>
    internal Principal? Find(long id) =>
        _snapshot.ById.TryGetValue(id, out var entry) && entry.ExpiresAt > _time.MicrosecondsNow()
            ? entry.Principal
            : null;

    public void Dispose() => _refreshing.Dispose();

    /// <summary>
    /// Reads the keys again when they have changed. While the database cannot be reached the last known ones stay, from
    /// the local disk at the start.
    /// </summary>
    internal async Task RefreshAsync(CancellationToken cancellation)
    {
        await _refreshing.WaitAsync(cancellation);
        try
        {
            var read = await ReadAsync(cancellation);
            if (read is null)
                return;
            _snapshot = Compile(read);
            Keep(read);
        }
        catch (Exception failure) when (Database.IsUnreachable(failure))
        {
            _log.KeysUnreadable(failure.Message);
            if (_snapshot.Revision < 0 && _copy.Read() is { } copy)
                _snapshot = Compile(copy);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private async Task<KeyringCopy?> ReadAsync(CancellationToken cancellation)
    {
        await using var statements = await _database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var revision = await statements.NumberAsync("SELECT keys_revision FROM control", cancellation) ?? 0;
        if (revision == _snapshot.Revision)
            return null;

        var rows = await KeyRows.ReadAsync(statements, cancellation);
        var known = await statements.NumberAsync("SELECT count(*) FROM keys", cancellation);
        return new KeyringCopy(revision, known > 0, rows);
    }

    private static Snapshot Compile(KeyringCopy copy)
    {
        var entries = copy.Keys.ToFrozenDictionary(
            row => KeyHash.FromHash(row.Hash),
            row => new Entry(KeyRows.ToPrincipal(row), row.ExpiresAt ?? long.MaxValue));
        var byId = entries.Values.ToFrozenDictionary(entry => entry.Principal.KeyId);
        return new Snapshot(copy.Revision, copy.IsRequired, entries, byId);
    }

    private void Keep(KeyringCopy copy)
    {
        try
        {
            _copy.Write(copy);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.CopyUnwritable("the keys", failure.Message);
        }
    }

    internal sealed record KeyringCopy(long Revision, bool IsRequired, List<KeyRow> Keys);

    private sealed record Snapshot(
        long Revision, bool IsRequired, FrozenDictionary<KeyHash, Entry> Entries, FrozenDictionary<long, Entry> ById);

    private sealed record Entry(Principal Principal, long ExpiresAt);

    /// <summary>The 32 bytes of a SHA-256 as a value that can be looked up without an array.</summary>
    private readonly record struct KeyHash(long A, long B, long C, long D)
    {
        public static KeyHash Of(ReadOnlySpan<byte> key)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(key, hash);
            return FromHash(hash);
        }

        public static KeyHash FromHash(ReadOnlySpan<byte> hash)
        {
            var parts = MemoryMarshal.Cast<byte, long>(hash);
            return new KeyHash(parts[0], parts[1], parts[2], parts[3]);
        }
    }
}

/// <summary>Keys between their tables and the rest.</summary>
internal static class KeyRows
{
    /// <summary>The keys that were not revoked, with what the keyring needs of them.</summary>
    public static Task<List<KeyRow>> ReadAsync(Statements statements, CancellationToken cancellation) =>
        statements.QueryAsync(
            "SELECT id, name, hash, role, endpoints, models, requests_per_second, expires_at FROM keys "
                + "WHERE revoked_at IS NULL ORDER BY id",
            row => new KeyRow
            {
                Id = row.GetInt64(0),
                Name = row.GetString(1),
                Hash = row.GetFieldValue<byte[]>(2),
                Role = row.GetString(3),
                Endpoints = row.GetString(4),
                Models = row.GetString(5),
                RequestsPerSecond = row.GetDouble(6),
                ExpiresAt = row.IsDBNull(7) ? null : row.GetInt64(7),
            },
            cancellation);

    public static Principal ToPrincipal(KeyRow row) =>
        new(row.Name, KeyRules.TryParseRole(row.Role, out var role) ? role : Role.Viewer)
        {
            KeyId = row.Id,
            Endpoints = [.. StoredJson.Read<ImmutableArray<string>>(row.Endpoints)],
            Models = [.. StoredJson.Read<ImmutableArray<string>>(row.Models)],
            RequestsPerSecond = row.RequestsPerSecond,
        };
}
