using Fairlead.Client.Api;
using Fairlead.Core.Datasets;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Datasets;

/// <summary>Datasets as the API shows them, and as the audit log keeps them.</summary>
internal static class DatasetViews
{
    /// <summary>Most model versions that are shown of a dataset.</summary>
    private const int ShownUses = 100;

    private static readonly (string Word, DatasetSource Source)[] Sources =
    [
        ("file", DatasetSource.File), ("folder", DatasetSource.Folder), ("dvc", DatasetSource.Dvc),
        ("git-lfs", DatasetSource.GitLfs),
    ];

    /// <summary>Reads a source; null for a word that is none.</summary>
    public static DatasetSource? SourceOf(string word)
    {
        foreach (var each in Sources)
        {
            if (each.Word == word)
                return each.Source;
        }

        return null;
    }

    public static string Word(DatasetSource source) => Sources.First(each => each.Source == source).Word;

    /// <summary>Reads a type of a column; null for a word that is none.</summary>
    public static DatasetColumnType? TypeOf(string word)
    {
        foreach (var type in Enum.GetValues<DatasetColumnType>())
        {
            if (Word(type) == word)
                return type;
        }

        return null;
    }

    public static string Word(DatasetColumnType type) => type switch
    {
        DatasetColumnType.Empty => "empty",
        DatasetColumnType.Integer => "integer",
        DatasetColumnType.Number => "number",
        DatasetColumnType.Boolean => "boolean",
        DatasetColumnType.List => "list",
        _ => "text",
    };

    public static DatasetVersionInfo Version(DatasetVersionRow row, bool wasKnown = false) => new()
    {
        Name = row.Name,
        Number = row.Number,
        Digest = row.Digest,
        Source = row.Source,
        Address = row.Address,
        Bytes = row.Bytes,
        Files = row.Files,
        Rows = row.Rows,
        Columns = StoredJson.Read<List<DatasetColumnInfo>>(row.Columns),
        Labels = row.Labels,
        Split = row.Split,
        Profile = row.Profile,
        NoProfileBecause = row.NoProfileBecause,
        Description = row.Description,
        WasKnown = wasKnown,
        CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
        CreatedBy = row.CreatedBy,
    };

    /// <summary>Reads what is shown of some datasets.</summary>
    public static async Task<List<DatasetInfo>> DatasetsAsync(
        FairleadDbContext db, IReadOnlyList<DatasetRow> rows, CancellationToken cancellation)
    {
        var names = rows.Select(row => row.Name).ToList();
        var versions = await db.DatasetVersions.Where(version => names.Contains(version.Name))
            .GroupBy(version => version.Name)
            .Select(group => new { Name = group.Key, Latest = group.Max(each => each.Number), Count = group.Count() })
            .ToDictionaryAsync(each => each.Name, cancellation);
        return [.. rows.Select(row => new DatasetInfo
        {
            Name = row.Name,
            LatestVersion = versions.TryGetValue(row.Name, out var known) ? known.Latest : 0,
            VersionCount = known?.Count ?? 0,
            CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
            ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
        })];
    }

    public static async Task<IReadOnlyList<DatasetUseInfo>> UsesAsync(
        FairleadDbContext db, DatasetId id, CancellationToken cancellation)
    {
        var name = id.Name.ToString();
        return await db.VersionDatasets.Where(use => use.Dataset == name && use.DatasetVersion == id.Number)
            .OrderByDescending(use => use.Number).ThenBy(use => use.Model).Take(ShownUses)
            .Select(use => new DatasetUseInfo(use.Model, use.Number, use.Role)).ToListAsync(cancellation);
    }

    public static async Task<DatasetRow> FindAsync(
        FairleadDbContext db, DatasetName dataset, CancellationToken cancellation)
    {
        var name = dataset.ToString();
        return await db.Datasets.SingleOrDefaultAsync(row => row.Name == name, cancellation)
            ?? throw new RefusalException(
                new Refusal(RefusalKind.NotFound, "dataset_not_found", $"There is no dataset '{name}'."));
    }

    public static async Task<DatasetVersionRow> FindVersionAsync(
        FairleadDbContext db, DatasetId id, CancellationToken cancellation)
    {
        var name = id.Name.ToString();
        if (await db.DatasetVersions.SingleOrDefaultAsync(
            row => row.Name == name && row.Number == id.Number, cancellation) is { } found)
        {
            return found;
        }

        await FindAsync(db, id.Name, cancellation);
        throw new RefusalException(new Refusal(
            RefusalKind.NotFound, "dataset_not_found", $"The dataset '{name}' has no version {id.Number}."));
    }

    public static DatasetFacts Facts(DatasetVersionRow row) => new()
    {
        Digest = row.Digest,
        Source = SourceOf(row.Source) ?? DatasetSource.File,
        Bytes = row.Bytes,
        Files = row.Files,
        Rows = row.Rows,
        Labels = row.Labels,
        Split = row.Split,
        HasProfile = row.Profile is not null,
        NoProfileBecause = row.NoProfileBecause,
    };
}
