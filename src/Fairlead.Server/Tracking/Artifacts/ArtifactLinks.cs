using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Core.Access;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Tracking.Artifacts;

/// <summary>
/// Addresses that carry the right to read one artifact for a while, for clients that fetch parts of a file in parallel
/// without their key. The signing key is made once an installation.
/// </summary>
internal sealed class ArtifactLinks(ControlPlane control, Database database, TimeProvider time)
{
    private const string SecretName = "artifact-links";

    /// <summary>How long a link is good: long enough for a large model over a slow line.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(6);

    private volatile byte[]? _key;

    /// <summary>What is added to an artifact's address.</summary>
    public async Task<string> SignAsync(string path, CancellationToken cancellation)
    {
        var expires = (time.GetUtcNow() + Life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var key = _key ??= await control.WriteAsync(Principal.Local, null, FindOrMakeAsync, cancellation);
        return $"?expires={expires}&signature={Signature(key, path, expires)}";
    }

    /// <summary>Says whether an address was given for this path and is still good.</summary>
    public async Task<bool> IsGoodAsync(string path, string? expires, string? signature, CancellationToken cancellation)
    {
        if (expires is null || signature is null
            || !long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
            || until < time.GetUtcNow().ToUnixTimeSeconds())
        {
            return false;
        }

        _key ??= await database.ReadAsync(
            db => db.Secrets.Where(row => row.Name == SecretName).Select(row => row.Secret)
                .SingleOrDefaultAsync(cancellation), cancellation);
        return _key is { } key && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Signature(key, path, expires)), Encoding.UTF8.GetBytes(signature));
    }

    private static string Signature(byte[] key, string path, string expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{expires}\n{path}")));

    private static async Task<byte[]> FindOrMakeAsync(WriteScope write)
    {
        if (await write.Db.Secrets.SingleOrDefaultAsync(row => row.Name == SecretName, write.Cancellation) is { } row)
            return row.Secret;

        var made = RandomNumberGenerator.GetBytes(32);
        write.Db.Secrets.Add(new SecretRow { Name = SecretName, Secret = made, CreatedAt = write.NowMicroseconds });
        write.Record("artifact-link-key.make", "artifact-link-key", null, null);
        await write.Db.SaveChangesAsync(write.Cancellation);
        return made;
    }
}
