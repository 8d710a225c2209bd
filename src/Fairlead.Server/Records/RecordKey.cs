using System.Security.Cryptography;
using Fairlead.Core.Access;
using Fairlead.Server.Storage;
using Fairlead.Serving.Records;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Records;

/// <summary>
/// The key under which values of records are hashed: made once an installation, the same on every replica, and kept on
/// the local disk, so that a replica without its database goes on recording.
/// </summary>
internal sealed class RecordKey(ControlPlane control, DataFolder folder, TimeProvider time) : IRecordKey
{
    private const string Name = "record-hashes";

    private readonly LocalCopy<byte[]> _copy = new(folder, "record-key.json");
    private volatile byte[]? _key;

    public async ValueTask<byte[]> ReadAsync(CancellationToken cancellation)
    {
        if ((_key ?? _copy.Read()) is { Length: KeyedHash.KeyLength } known)
            return _key = known;

        var key = await control.WriteAsync(Principal.Local, null, FindOrMakeAsync, cancellation);
        _copy.Write(key);
        return _key = key;
    }

    private async Task<byte[]> FindOrMakeAsync(WriteScope write)
    {
        if (await write.Db.Secrets.SingleOrDefaultAsync(row => row.Name == Name, write.Cancellation) is { } row)
            return row.Secret;

        var made = RandomNumberGenerator.GetBytes(KeyedHash.KeyLength);
        write.Db.Secrets.Add(new SecretRow { Name = Name, Secret = made, CreatedAt = time.MicrosecondsNow() });
        write.Record("record-key.make", "record-key", null, null);
        await write.Db.SaveChangesAsync(write.Cancellation);
        return made;
    }
}
