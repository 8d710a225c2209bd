using Fairlead.Client.Api;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Registry;

/// <summary>Models and versions as the API shows them, and as the audit log keeps them.</summary>
internal static class RegistryViews
{
    /// <summary>Reads what is shown of some models.</summary>
    public static async Task<List<ModelInfo>> ModelsAsync(
        FairleadDbContext db, IReadOnlyList<ModelRow> rows, CancellationToken cancellation)
    {
        var names = rows.Select(row => row.Name).ToList();
        var aliases = await db.Aliases.AsNoTracking().Where(alias => names.Contains(alias.Model))
            .ToListAsync(cancellation);
        var versions = await db.Versions.Where(version => names.Contains(version.Model))
            .GroupBy(version => version.Model)
            .Select(group => new
            {
                Model = group.Key,
                Latest = group.Max(version => version.Number),
                Count = group.Count(),
            })
            .ToDictionaryAsync(each => each.Model, cancellation);
        var byModel = aliases.ToLookup(alias => alias.Model);
        return [.. rows.Select(row => new ModelInfo
        {
            Name = row.Name,
            Description = row.Description,
            Tags = StoredJson.Read<Dictionary<string, string>>(row.Tags),
            Aliases = byModel[row.Name].OrderBy(alias => alias.Alias, StringComparer.Ordinal)
                .ToDictionary(alias => alias.Alias, alias => alias.Version),
            LatestVersion = versions.TryGetValue(row.Name, out var known) ? known.Latest : null,
            VersionCount = known?.Count ?? 0,
            CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
            ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
        })];
    }

    public static async Task<ModelInfo> ModelAsync(
        FairleadDbContext db, ModelRow row, CancellationToken cancellation) =>
        (await ModelsAsync(db, [row], cancellation))[0];

    public static VersionInfo Version(VersionRow row, IEnumerable<string> aliases)
    {
        var manifest = StoredJson.Read<Manifest>(row.Manifest);
        var probe = StoredJson.Read<ProbeReport>(row.Probe);
        return new VersionInfo
        {
            Model = row.Model,
            Number = row.Number,
            Description = row.Description,
            Tags = StoredJson.Read<Dictionary<string, string>>(row.Tags),
            Metrics = StoredJson.Read<Dictionary<string, double>>(row.Metrics),
            Parameters = StoredJson.Read<Dictionary<string, string>>(row.Parameters),
            Lineage = StoredJson.Read<VersionLineage>(row.Lineage),
            Files = [.. manifest.Files.Select(file => new VersionFile(file.Path, file.Digest.ToString(), file.Size))],
            Entry = manifest.Components is [var first, ..] ? first.Entry : "",
            Runtime = manifest.Components is [var component, ..] ? component.Runtime : "",
            Needs = row.Needs.Length == 0 ? null : row.Needs,
            Inputs = [.. manifest.Signature.Inputs.Select(Tensor)],
            Outputs = [.. manifest.Signature.Outputs.Select(Tensor)],
            Probe = new ProbeInfo
            {
                ResidentBytes = probe.ResidentBytes,
                LoadMilliseconds = probe.LoadMilliseconds,
                Batchable = probe.Batchable,
                NotBatchableBecause = probe.NotBatchableBecause,
            },
            Aliases = [.. aliases.Order(StringComparer.Ordinal)],
            Size = manifest.Files.Sum(file => file.Size),
            CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
            CreatedBy = row.CreatedBy,
        };
    }

    public static async Task<VersionInfo> VersionAsync(
        FairleadDbContext db, VersionRow row, CancellationToken cancellation) =>
        Version(row, await db.Aliases
            .Where(alias => alias.Model == row.Model && alias.Version == row.Number)
            .Select(alias => alias.Alias).ToListAsync(cancellation));

    public static async Task<ModelRow> FindModelAsync(
        FairleadDbContext db, ModelName model, CancellationToken cancellation)
    {
        var name = model.ToString();
        return await db.Models.SingleOrDefaultAsync(row => row.Name == name && row.DeletedAt == null, cancellation)
            ?? throw new RefusalException(
                new Refusal(RefusalKind.NotFound, "model_not_found", $"There is no model '{name}'."));
    }

    public static async Task<VersionRow> FindVersionAsync(
        FairleadDbContext db, VersionId id, CancellationToken cancellation)
    {
        var name = id.Model.ToString();
        if (await db.Versions.SingleOrDefaultAsync(
            row => row.Model == name && row.Number == id.Number, cancellation) is { } found)
        {
            return found;
        }

        await FindModelAsync(db, id.Model, cancellation);
        throw new RefusalException(
            new Refusal(RefusalKind.NotFound, "version_not_found", $"The model '{name}' has no version {id.Number}."));
    }

    /// <summary>Why a version cannot be served; null when it can be.</summary>
    public static string? WhyNotServable(string model, int number, string needs) => needs.Length == 0
        ? null
        : $"{model}/{number} cannot be served. It would need {needs}.";

    private static TensorInfo Tensor(TensorSpec spec) => new(spec.Name, spec.Type.WireName(), spec.Shape)
    {
        Fields = spec.Fields,
        Optional = spec.Optional,
        Kind = char.ToLowerInvariant(spec.Kind.ToString()[0]) + spec.Kind.ToString()[1..],
    };
}
