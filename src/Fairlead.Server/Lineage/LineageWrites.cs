using Fairlead.Client.Api;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Lineage;

/// <summary>Keeps where versions come from, in the transaction of what happens to them, and for ever.</summary>
internal static class LineageWrites
{
    /// <summary>A version is registered.</summary>
    /// <param name="version">As it is shown, with what its sources are.</param>
    /// <param name="diff">How its code differed from the commit.</param>
    public static void Registered(WriteScope write, VersionInfo version, string? diff)
    {
        write.Db.Lineage.Add(new LineageRow
        {
            Model = version.Model,
            Number = version.Number,
            Version = StoredJson.Write(version),
            Diff = diff,
            CreatedAt = write.NowMicroseconds,
        });
        write.Db.LineageLinks.AddRange(LineageLinks.Of(version));
    }

    /// <summary>Versions of a model are deleted.</summary>
    /// <param name="number">Only this one; null: all of them.</param>
    public static Task DeletedAsync(WriteScope write, string model, int? number = null) => write.Db.Lineage
        .Where(row => row.Model == model && row.DeletedAt == null && (number == null || row.Number == number))
        .ExecuteUpdateAsync(row => row.SetProperty(each => each.DeletedAt, write.NowMicroseconds), write.Cancellation);

    /// <summary>
    /// A model gets another name: its versions are known under both, under the old one as deleted, since what happened
    /// under it happened so.
    /// </summary>
    public static async Task RenamedAsync(WriteScope write, string from, string to)
    {
        var rows = await write.Db.Lineage.AsNoTracking()
            .Where(row => row.Model == from && row.DeletedAt == null).ToListAsync(write.Cancellation);
        foreach (var row in rows)
            Registered(write, StoredJson.Read<VersionInfo>(row.Version) with { Model = to }, row.Diff);
        await DeletedAsync(write, from);
    }

    /// <summary>An alias moves.</summary>
    /// <param name="before">Where it pointed; null: it is new.</param>
    /// <param name="version">Where it points from now on; null: it is removed.</param>
    public static void AliasMoved(WriteScope write, string model, string alias, int? before, int? version) =>
        write.Db.AliasMoves.Add(new AliasMoveRow
        {
            Model = model,
            Alias = alias,
            Before = before,
            Version = version,
            Who = write.Principal.Name,
            Reason = write.Reason,
            At = write.NowMicroseconds,
        });
}
