using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Lineage;

/// <summary>Keeps the times in which a version was behind an arm of an endpoint: one row a time, not one a generation.
/// </summary>
internal static class EndpointPeriods
{
    public const string Answered = "answered";
    public const string Mirrored = "mirrored";
    public const string Loaded = "loaded";

    /// <summary>An endpoint gets a generation.</summary>
    /// <param name="spec">What it is from then on; null: it is deleted.</param>
    public static async Task ChangedAsync(WriteScope write, EndpointRow endpoint, EndpointSpec? spec)
    {
        var wanted = spec is null
            ? []
            : spec.Arms.Where(arm => arm.Version is not null)
                .Select(arm => (Arm: arm.Name.ToString(), Version: arm.Version!.Value, Role: RoleOf(spec, arm)))
                .ToHashSet();
        var open = await write.Db.EndpointPeriods
            .Where(row => row.Endpoint == endpoint.Number && row.UntilAt == null).ToListAsync(write.Cancellation);
        foreach (var row in open)
        {
            if (wanted.Remove((row.Arm, new VersionId(ModelName.Parse(row.Model), row.Version), row.Role)))
                continue;
            row.UntilAt = write.NowMicroseconds;
            row.UntilGeneration = endpoint.Generation;
            row.UntilWho = write.Principal.Name;
        }

        write.Db.EndpointPeriods.AddRange(wanted.Select(each => new EndpointPeriodRow
        {
            Endpoint = endpoint.Number,
            Name = endpoint.Name,
            Arm = each.Arm,
            Model = each.Version.Model.ToString(),
            Version = each.Version.Number,
            Role = each.Role,
            FromGeneration = endpoint.Generation,
            FromAt = write.NowMicroseconds,
            FromWho = write.Principal.Name,
        }));
    }

    /// <summary>What an arm does: the stable one answers requests without a unit whatever its weight.</summary>
    private static string RoleOf(EndpointSpec spec, VariantSpec arm) =>
        arm.Weight > 0 || arm.Name == spec.Stable || arm.Name == spec.Holdout?.Arm.Name ? Answered
        : arm.Mirror > 0 ? Mirrored
        : Loaded;
}
