using Fairlead.Client.Api;
using Fairlead.Core.Datasets;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Datasets;

/// <summary>The datasets that a model version is registered with.</summary>
internal static class VersionDatasets
{
    /// <summary>Looks for what a version names; refuses one that is not there, with its place.</summary>
    public static async Task<IReadOnlyList<VersionDataset>> FindAsync(
        WriteScope write, IReadOnlyList<DatasetUse> uses)
    {
        var found = new List<VersionDataset>();
        for (var i = 0; i < uses.Count; i++)
        {
            try
            {
                var row = await DatasetViews.FindVersionAsync(write.Db, uses[i].Id, write.Cancellation);
                found.Add(new VersionDataset(row.Name, row.Number, uses[i].Role, row.Digest));
            }
            catch (RefusalException missing)
            {
                throw new RefusalException(missing.Refusals[0] with { Field = $"datasets[{i}]" });
            }
        }

        return found;
    }

    public static void Add(WriteScope write, VersionRow version, IReadOnlyList<VersionDataset> datasets) =>
        write.Db.VersionDatasets.AddRange(datasets.Select(dataset => new VersionDatasetRow
        {
            Model = version.Model,
            Number = version.Number,
            Dataset = dataset.Name,
            DatasetVersion = dataset.Version,
            Role = dataset.Role,
        }));
}
