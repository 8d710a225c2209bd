using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>
/// Holds the answers of arms without a model to the versions that they stand beside: the rules read their fields and
/// the values take the types of their outputs.
/// </summary>
internal static class ControlFit
{
    /// <summary>Refuses an endpoint whose arms without a model do not fit its stable version.</summary>
    public static Task ThrowIfUnfitAsync(WriteScope write, EndpointSpec spec) =>
        spec.Variants.First(variant => variant.Name == spec.Stable).Version is { } stable
            ? ThrowIfUnfitAsync(write, spec, [stable])
            : Task.CompletedTask;

    /// <summary>Refuses an endpoint whose arms without a model do not fit what may become stable.</summary>
    public static async Task ThrowIfUnfitAsync(
        WriteScope write, EndpointSpec spec, IReadOnlyCollection<VersionId> versions)
    {
        var controls = spec.Variants.Index().Select(each => (Arm: each.Item, At: $"variants[{each.Index}]"))
            .Concat(spec.Holdout is { } holdout ? [(holdout.Arm, "holdout")] : [])
            .Where(each => each.Arm.Control is not null).ToList();
        if (controls.Count == 0)
            return;

        var faults = new List<Refusal>();
        foreach (var version in versions)
        {
            var model = version.Model.ToString();
            var manifest = await write.Db.Versions
                .Where(row => row.Model == model && row.Number == version.Number)
                .Select(row => row.Manifest).SingleAsync(write.Cancellation);
            var signature = StoredJson.Read<Manifest>(manifest).Signature;
            faults.AddRange(controls.SelectMany(
                each => ControlRules.CheckAgainst(each.Arm.Control!, version, signature, each.At)));
        }

        if (faults.Count > 0)
            throw new RefusalException(faults);
    }
}
