using System.Security.Cryptography;
using System.Text;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Registry;

/// <summary>
/// A name that the caller gives to one registration, so that he can ask again when the answer was lost: the same key
/// with the same content answers the same version. It is stored together with the version.
/// </summary>
/// <param name="text">The caller's words, 1 to 255 printable ASCII characters.</param>
/// <param name="content">SHA-256 of what is asked for.</param>
internal sealed class IdempotencyKey(string text, byte[] content)
{
    private const int MaxLength = 255;

    /// <summary>How long a key is known. A caller who lost an answer asks within minutes.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(30);

    /// <summary>The key in a request's header; null when there is none.</summary>
    public static IdempotencyKey? Of(HttpContext context, RegisterVersionRequest request)
    {
        var values = context.Request.Headers[FairleadClient.IdempotencyKeyHeader];
        if (values.Count == 0)
            return null;

        if (values is not [{ Length: > 0 and <= MaxLength } text] || !text.All(c => c is >= '!' and <= '~'))
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_idempotency_key",
                $"'{FairleadClient.IdempotencyKeyHeader}' is one word of 1 to {MaxLength} printable ASCII characters.")
            { Field = FairleadClient.IdempotencyKeyHeader });
        }

        return new IdempotencyKey(text, SHA256.HashData(Encoding.UTF8.GetBytes(StoredJson.Write(request))));
    }

    /// <summary>
    /// The version that was registered under this key; null when none was. Refuses a key that was used for something
    /// else, or whose version is deleted.
    /// </summary>
    public async Task<VersionInfo?> FindAsync(FairleadDbContext db, ModelName model, CancellationToken cancellation)
    {
        var name = model.ToString();
        var row = await db.RegistrationKeys.SingleOrDefaultAsync(
            each => each.Model == name && each.Key == text, cancellation);
        if (row is null)
            return null;
        if (!row.Content.AsSpan().SequenceEqual(content))
        {
            throw Conflict("idempotency_key_reused",
                $"This key registered {model}/{row.Number} with another content. Take a new key for a new version.");
        }

        var version = await db.Versions.SingleOrDefaultAsync(
            each => each.Model == name && each.Number == row.Number, cancellation);
        return version is not null
            ? await RegistryViews.VersionAsync(db, version, cancellation)
            : throw Conflict("idempotency_key_spent",
                $"This key registered {model}/{row.Number}, deleted since. Take a new key for a new version.");
    }

    /// <summary>Keeps the key with the version that it made, and forgets keys that nobody will use any more.</summary>
    public async Task KeepAsync(WriteScope write, VersionRow row)
    {
        write.Db.RegistrationKeys.Add(new RegistrationKeyRow
        {
            Model = row.Model,
            Key = text,
            Content = content,
            Number = row.Number,
            At = write.NowMicroseconds,
        });
        var forgotten = (write.Now - Life).ToMicroseconds();
        await write.Db.RegistrationKeys.Where(each => each.At < forgotten).ExecuteDeleteAsync(write.Cancellation);
    }

    private static RefusalException Conflict(string code, string message) =>
        new(new Refusal(RefusalKind.Conflict, code, message) { Field = FairleadClient.IdempotencyKeyHeader });
}
