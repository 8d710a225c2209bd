using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Access;

/// <summary>Making and revoking keys.</summary>
internal sealed class KeyWrites(ControlPlane control, Keyring keyring)
{
    /// <summary>The name of the key that comes from the environment.</summary>
    public const string EnvironmentKeyName = "FAIRLEAD_ADMIN_KEY";

    private const string AdminRole = "admin";

    public async Task<CreatedKey> CreateAsync(
        Principal principal, KeyWish wish, string? reason, CancellationToken cancellation)
    {
        var secret = KeyText.Make();
        var row = await control.WriteAsync(principal, reason, write => InsertAsync(write, wish, secret), cancellation);
        await keyring.RefreshAsync(cancellation);
        return new CreatedKey(KeyViews.Of(row, row.CreatedAt), secret);
    }

    /// <summary>Revokes a key; one that is revoked already stays so.</summary>
    public async Task RevokeAsync(Principal principal, long id, string? reason, CancellationToken cancellation)
    {
        await control.WriteAsync(principal, reason, async write =>
        {
            var row = await write.Db.Keys.SingleOrDefaultAsync(key => key.Id == id, write.Cancellation)
                ?? throw new RefusalException(
                    new Refusal(RefusalKind.NotFound, "key_not_found", $"There is no key with the number {id}."));
            if (row.RevokedAt is not null)
                return row;

            var others = await write.Db.Keys.CountAsync(
                key => key.Id != id && key.RevokedAt == null && key.ExpiresAt == null && key.Role == AdminRole,
                write.Cancellation);
            if (KeyRules.WhyNotRevoke(row.Role == AdminRole && row.ExpiresAt is null, others) is { } last)
                throw new RefusalException(last);
            return Revoke(write, row);
        }, cancellation);
        await keyring.RefreshAsync(cancellation);
    }

    /// <summary>
    /// Makes the key of the environment valid, and the one that it held before invalid, so that changing the variable
    /// changes the key.
    /// </summary>
    public async Task AdoptAsync(string secret, CancellationToken cancellation)
    {
        // Almost every start finds the key of the start before.
        await keyring.RefreshAsync(cancellation);
        if (keyring.Find(Encoding.UTF8.GetBytes(secret)) is { KeyId: > 0, Name: EnvironmentKeyName })
            return;

        await control.WriteAsync(Principal.Local, "set in the environment", async write =>
        {
            var hash = KeyText.Hash(secret);
            var row = await write.Db.Keys.SingleOrDefaultAsync(
                key => key.Name == EnvironmentKeyName && key.RevokedAt == null, write.Cancellation);
            if (row is not null && row.Hash.AsSpan().SequenceEqual(hash))
                return row;
            if (await write.Db.Keys.SingleOrDefaultAsync(key => key.Hash == hash, write.Cancellation) is { } known)
            {
                return known.RevokedAt is null
                    ? known
                    : throw new RefusalException(new Refusal(RefusalKind.Conflict, "key_revoked",
                        $"The key in {EnvironmentKeyName} was revoked; put a new one there."));
            }

            if (row is not null)
            {
                Revoke(write, row);
                await write.Db.SaveChangesAsync(write.Cancellation);
            }

            return await InsertAsync(write, new KeyWish(EnvironmentKeyName, AdminRole), secret);
        }, cancellation);
    }

    private static async Task<KeyRow> InsertAsync(WriteScope write, KeyWish wish, string secret)
    {
        if (KeyRules.Check(wish, write.Now) is { Count: > 0 } faults)
            throw new RefusalException(faults);
        if (!await write.Db.Keys.AnyAsync(write.Cancellation) && KeyRules.WhyNotFirst(wish) is { } notFirst)
            throw new RefusalException(notFirst);
        if (await write.Db.Keys.AnyAsync(
                key => key.Name == wish.Name && key.RevokedAt == null, write.Cancellation))
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "key_exists",
                $"There is a key named '{wish.Name}' already; revoke it first, or choose another name.")
            { Field = "name" });
        }

        var row = new KeyRow
        {
            Name = wish.Name,
            Hash = KeyText.Hash(secret),
            Role = wish.Role,
            Endpoints = StoredJson.Write(wish.Endpoints),
            Models = StoredJson.Write(wish.Models),
            RequestsPerSecond = wish.RequestsPerSecond,
            CreatedAt = write.NowMicroseconds,
            CreatedBy = write.Principal.Name,
            ExpiresAt = wish.ExpiresAt?.ToMicroseconds(),
        };
        write.Db.Keys.Add(row);
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.KeysChange();
        write.Record("key.create", $"keys/{row.Id}", null, KeyViews.Of(row, write.NowMicroseconds));
        return row;
    }

    private static KeyRow Revoke(WriteScope write, KeyRow row)
    {
        var before = KeyViews.Of(row, write.NowMicroseconds);
        row.RevokedAt = write.NowMicroseconds;
        write.KeysChange();
        write.Record("key.revoke", $"keys/{row.Id}", before, KeyViews.Of(row, write.NowMicroseconds));
        return row;
    }
}

/// <summary>Keys as the API shows them.</summary>
internal static class KeyViews
{
    public static KeyInfo Of(KeyRow row, long now) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Role = row.Role,
        Endpoints = StoredJson.Read<IReadOnlyList<string>>(row.Endpoints),
        Models = StoredJson.Read<IReadOnlyList<string>>(row.Models),
        RequestsPerSecond = row.RequestsPerSecond,
        CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
        CreatedBy = row.CreatedBy,
        ExpiresAt = Instants.FromMicroseconds(row.ExpiresAt),
        RevokedAt = Instants.FromMicroseconds(row.RevokedAt),
        State = row.RevokedAt is not null ? "revoked" : row.ExpiresAt <= now ? "expired" : "active",
    };
}
